// SPDX-License-Identifier: Apache-2.0
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useAround } from './context.ts';

/** So small that the chat fills the screen; the same in styles/*.css. */
const PHONE = '(max-width: 520px), (max-height: 420px)';

export function onPhone(): boolean {
  const [is, set] = useState(() => matchMedia(PHONE).matches);
  useEffect(() => {
    const query = matchMedia(PHONE);
    const look = () => set(query.matches);
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, []);
  return is;
}

/** What the keyboard of a phone leaves of the screen, as --height and --top: the text box stays in view. */
export function useViewport(): void {
  const { host } = useAround();
  useLayoutEffect(() => {
    const view = window.visualViewport;
    if (!view) return;
    const look = () => {
      host.style.setProperty('--height', `${view.height}px`);
      host.style.setProperty('--top', `${view.offsetTop}px`);
    };
    look();
    view.addEventListener('resize', look);
    view.addEventListener('scroll', look);
    return () => {
      view.removeEventListener('resize', look);
      view.removeEventListener('scroll', look);
    };
  }, [host]);
}

const covering = new Set<object>();
let overflow: [value: string, priority: string] = ['', ''];

/** While something covers the page, the page behind does not scroll. */
export function useScrollLock(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const { style } = document.documentElement;
    const me = {};
    if (covering.size === 0) {
      overflow = [style.getPropertyValue('overflow'), style.getPropertyPriority('overflow')];
      style.setProperty('overflow', 'hidden', 'important');
    }
    covering.add(me);
    return () => {
      covering.delete(me);
      if (covering.size === 0) style.setProperty('overflow', ...overflow);
    };
  }, [on]);
}

/** HTML, "close watchers": what a phone's own way back closes. Not in every browser. */
interface CloseWatcher {
  onclose: (() => void) | null;
  destroy(): void;
}

/** While it is on, the back button (or gesture) of a phone does this, rather than leave the page. */
export function useBackButton(on: boolean, back: () => void): void {
  const latest = useRef(back);
  latest.current = back;
  useEffect(() => {
    const { CloseWatcher } = window as { CloseWatcher?: new () => CloseWatcher };
    if (!on || !CloseWatcher || !matchMedia('(pointer: coarse)').matches) return; // with a keyboard Escape has its own ways
    const watcher = new CloseWatcher();
    watcher.onclose = () => latest.current();
    return () => watcher.destroy();
  }, [on]);
}

const FOCUSABLE = 'a[href], button:not(:disabled), input:not([hidden]), select, textarea, [tabindex="0"], audio[controls], video[controls]';

/** Takes the focus, unless it is `quiet`, and with `trap` keeps it. */
export function useFocusInside(ref: RefObject<HTMLElement | null>, trap: boolean, quiet = false): void {
  useEffect(() => {
    if (quiet) return;
    const text = matchMedia('(pointer: coarse)').matches ? null : ref.current?.querySelector('textarea'); // no keyboard over what one came to read
    (text ?? ref.current)?.focus();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- when it appears, and not later
  }, [ref]);
  useFocusTrap(ref, trap);
}

/** Tab goes round inside, for what covers the page. */
export function useFocusTrap(ref: RefObject<HTMLElement | null>, trap: boolean): void {
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog || !trap) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Tab') return;
      const inside = [...dialog.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) => element.getClientRects().length > 0);
      const [first, last] = [inside[0], inside.at(-1)];
      const at = (dialog.getRootNode() as ShadowRoot).activeElement;
      if (event.shiftKey ? at !== first && at !== dialog : at !== last) return;
      event.preventDefault();
      (event.shiftKey ? last : first)?.focus();
    };
    dialog.addEventListener('keydown', onKey);
    return () => dialog.removeEventListener('keydown', onKey);
  }, [ref, trap]);
}
