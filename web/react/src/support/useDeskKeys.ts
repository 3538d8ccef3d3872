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

/** J and K, held down too: they walk through the list as it is on the screen. */
export function useListKeys(): void {
  const shortcuts = useShortcuts();
  useEffect(() => {
    if (!shortcuts) return;
    const onKey = (event: KeyboardEvent) => {
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      if (step === 0 || event.defaultPrevented || !isShortcut(event) || document.querySelector('[aria-modal="true"]')) return;
      const list = [...document.querySelectorAll<HTMLButtonElement>('.cf-convs button')];
      const at = list.findIndex((button) => button.getAttribute('aria-current') === 'true');
      const next = at < 0 ? list[0] : list[at + step];
      if (!next) return;
      event.preventDefault();
      next.click();
      next.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [shortcuts]);
}
