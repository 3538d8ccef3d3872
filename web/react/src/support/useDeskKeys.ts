// SPDX-License-Identifier: Apache-2.0
/** The team's keys: A takes, E resolves, U marks unread, Z snoozes, J and K go to the next and the previous conversation of the list. */
import { useEffect, useRef } from 'react';
import { isShortcut } from '../call/callKeys.ts';
import { useShortcuts } from '../context.tsx';

export type DeskKey = 'a' | 'e' | 'u' | 'z';

/** With `first` before those that are without it: for what was chosen, in the place of the conversation on screen. */
export function useDeskKeys(deeds: Partial<Record<DeskKey, () => void>>, { first = false } = {}): void {
  const shortcuts = useShortcuts();
  const latest = useRef(deeds);
  useEffect(() => {
    latest.current = deeds;
  });
  useEffect(() => {
    if (!shortcuts) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || event.shiftKey || !isShortcut(event) || document.querySelector('[aria-modal="true"]')) return;
      const deed = latest.current[event.key as DeskKey];
      if (!deed) return;
      event.preventDefault();
      deed();
    };
    document.addEventListener('keydown', onKey, first);
    return () => document.removeEventListener('keydown', onKey, first);
  }, [shortcuts, first]);
}

/**
 * J and K, held down too: they walk through the list as it is on the screen, from where the conversation on screen stood when
 * it has left it. Escape leaves the text box, or these keys would be letters.
 */
export function useListKeys(): void {
  const shortcuts = useShortcuts();
  const place = useRef(0);
  useEffect(() => {
    if (!shortcuts) return;
    const onKey = (event: KeyboardEvent) => {
      const list = [...document.querySelectorAll<HTMLButtonElement>('.cf-convs button')];
      const at = list.findIndex((button) => button.getAttribute('aria-current') === 'true');
      if (at >= 0) place.current = at;
      if (event.key === 'Escape' && !event.isComposing && !event.defaultPrevented && (event.target as Element | null)?.matches?.('.cf-chat--admin .cf-composer textarea')) {
        const pane = (event.target as Element).closest<HTMLElement>('.cf-pane');
        const log = pane?.querySelector<HTMLElement>('[role="log"]') ?? pane; // the pane while messages are on their way
        log?.focus({ preventScroll: true });
        return;
      }
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      if (step === 0 || event.defaultPrevented || !isShortcut(event) || document.querySelector('[aria-modal="true"]')) return;
      const next = at < 0 ? list[Math.max(0, Math.min(place.current + Math.min(step, 0), list.length - 1))] : list[at + step];
      if (!next) return;
      event.preventDefault();
      next.click();
      next.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [shortcuts]);
}
