// SPDX-License-Identifier: Apache-2.0
import { incomingCall, type ChatState } from '@confab/client';
import { useEffect } from 'react';

export interface Attention {
  /** Messages not looked at. */
  unread: number;
  /** Who is calling. */
  caller: string | undefined;
}

/** Tells the page what is worth showing in its title. */
export function useAttention(state: ChatState, tell: ((attention: Attention) => void) | undefined): void {
  const unread = [...state.unread.values()].reduce((sum, n) => sum + n, 0);
  const caller = incomingCall(state)?.from.name;
  useEffect(() => tell?.({ unread, caller }), [unread, caller, tell]);
}
