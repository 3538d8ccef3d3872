// SPDX-License-Identifier: Apache-2.0
/** The keys, as the help shows them. Those of a call are in @confab/react, call/callKeys.ts. */
import type { Texts } from '../texts/index.ts';

export interface Key {
  deed: keyof Texts['keyDeeds'];
  /** As printed on the key, or a name of `keyNames`. */
  combination: readonly string[];
}

export const KEY_MAP: readonly { group: keyof Texts['keyGroups']; keys: readonly Key[] }[] = [
  {
    group: 'everywhere',
    keys: [
      { deed: 'help', combination: ['?'] },
      { deed: 'search', combination: ['/'] },
      { deed: 'write', combination: ['C'] },
      { deed: 'ring', combination: ['F6'] },
      { deed: 'escape', combination: ['Escape'] },
    ],
  },
  {
    group: 'chat',
    keys: [
      { deed: 'conversations', combination: ['↑', '↓'] },
      { deed: 'send', combination: ['Enter'] },
      { deed: 'line', combination: ['Shift', 'Enter'] },
      { deed: 'menu', combination: ['Tab'] },
    ],
  },
  {
    group: 'team',
    keys: [
      { deed: 'next', combination: ['J'] },
      { deed: 'previous', combination: ['K'] },
      { deed: 'take', combination: ['A'] },
      { deed: 'resolve', combination: ['E'] },
      { deed: 'snooze', combination: ['Z'] },
      { deed: 'pick', combination: ['X'] },
      { deed: 'unread', combination: ['U'] },
    ],
  },
  {
    group: 'call',
    keys: [
      { deed: 'mute', combination: ['M'] },
      { deed: 'camera', combination: ['V'] },
      { deed: 'screen', combination: ['S'] },
      { deed: 'layout', combination: ['L'] },
      { deed: 'small', combination: ['N'] },
      { deed: 'chat', combination: ['C'] },
      { deed: 'move', combination: ['↑', '↓', '←', '→'] },
    ],
  },
];
