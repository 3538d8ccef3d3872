// SPDX-License-Identifier: Apache-2.0
/** The keys that work on every page. Single characters only outside of text, and only while the person wants them. */
import { isShortcut } from '@confab/react';
import { useEffect } from 'react';

/** What stands above the page, the most urgent first: a call that rings, the small window of one that goes on. */
const ABOVE = '.cf-incoming, .cf-call--mini';

export function useGlobalKeys(shortcuts: boolean, onHelp: () => void): void {
  useEffect(() => {
    const deeds: Record<string, () => boolean> = {
      '?': () => {
        onHelp();
        return true;
      },
      '/': () => focus('input[type="search"]'),
      c: () => focus('.cf-composer textarea'),
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      if (event.key === 'F6' && !event.altKey && !event.ctrlKey) {
        if (goAbove()) event.preventDefault();
        return;
      }
      if (!shortcuts || !isShortcut(event)) return;
      // a dialog has its own keys; the list of them is there in a call, too
      const modal = document.querySelector('[aria-modal="true"]');
      if (modal && !(event.key === '?' && modal.matches('.cf-call'))) return;
      if (deeds[event.key]?.()) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [shortcuts, onHelp]);
}

function focus(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  return element !== null;
}

let before: Element | null = null;

/** To the window above the page, and back to where one was. */
function goAbove(): boolean {
  const above = document.querySelector<HTMLElement>(ABOVE);
  if (!above) return false;
  if (above.contains(document.activeElement)) {
    if (before instanceof HTMLElement && before.isConnected) before.focus();
    else document.querySelector<HTMLElement>('main')?.focus();
    return true;
  }
  before = document.activeElement;
  // that which accepts a ring; a call's first enlarges it
  const accept = above.querySelector<HTMLElement>('.cf-button--accept');
  (accept ?? above.querySelector<HTMLElement>('button:not(:disabled)'))?.focus();
  return true;
}
