// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import type { KeyboardEvent } from 'react';

/** Where a key is text, a choice in a list, or part of a combination, it is no shortcut. */
export function isShortcut(event: Pick<globalThis.KeyboardEvent, 'target' | 'ctrlKey' | 'metaKey' | 'altKey' | 'key'>): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return false;
  // an element of another window (picture in picture) is no Element of this one
  const at = event.target as Partial<Element> | null;
  return !at?.closest?.('input, textarea, select, [contenteditable]');
}

export interface CallKeyDeeds {
  mini(): void;
  layout(): void;
  /** Not there for a call without a conversation, and while the page's own can be seen. */
  chat?: (() => void) | undefined;
}

/** The call's keys, while the focus is in its window: M, V, S, L, N and C. True when the key was one of them. */
export function pressCallKey(event: KeyboardEvent, call: Call, deeds: CallKeyDeeds): boolean {
  if (!isShortcut(event) || event.repeat) return false;
  const toggle = (device: 'microphone' | 'camera' | 'screenShare') => void call[device].toggle().catch(() => {});
  switch (event.key.toLowerCase()) {
    case 'm':
      toggle('microphone');
      return true;
    case 'v':
      toggle('camera');
      return true;
    case 's':
      toggle('screenShare');
      return true;
    case 'l':
      deeds.layout();
      return true;
    case 'n':
      deeds.mini();
      return true;
    case 'c':
      deeds.chat?.();
      return deeds.chat !== undefined;
    default:
      return false;
  }
}
