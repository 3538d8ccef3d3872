// SPDX-License-Identifier: Apache-2.0
import { useEffect, type RefObject } from 'react';

const FOCUSABLE = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex="0"]';

/**
 * Makes an element modal while it is there: the page behind is inert, Tab stays inside, and focus goes back to where
 * it was, or, when that is gone, to what is marked data-modal-return. The element must be a child of <body> (a portal); others marked data-above stay usable.
 * With `active` false it is an ordinary part of the page.
 */
export function useModal(ref: RefObject<HTMLElement | null>, active = true): void {
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog || !active) return;
    const before = document.activeElement;
    const behind = [...document.body.children].filter(
      (element): element is HTMLElement =>
        element instanceof HTMLElement && element !== dialog && !element.inert && !('above' in element.dataset),
    );
    for (const element of behind) element.inert = true;
    dialog.focus();
    const onKey = (event: KeyboardEvent) => event.key === 'Tab' && keepInside(dialog, event);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
      for (const element of behind) element.inert = false;
      const there = before instanceof HTMLElement && before.isConnected && before !== document.body;
      const back = there ? before : document.querySelector<HTMLElement>('[data-modal-return]');
      back?.focus();
    };
  }, [ref, active]);
}

function keepInside(dialog: HTMLElement, event: KeyboardEvent): void {
  // and what stands above it: somebody else may be calling
  const places = [dialog, ...document.querySelectorAll<HTMLElement>('[data-above]')];
  const inside = places
    .flatMap((place) => [...place.querySelectorAll<HTMLElement>(FOCUSABLE)])
    .filter((element) => element.getClientRects().length > 0);
  const first = inside[0];
  const last = inside.at(-1);
  if (!first || !last) return event.preventDefault();
  const at = document.activeElement;
  if (event.shiftKey ? at === first || at === dialog : at === last) {
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}
