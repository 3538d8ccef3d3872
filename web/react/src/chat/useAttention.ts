// SPDX-License-Identifier: Apache-2.0
import type { ChatState } from '@confab/client';
import { useEffect } from 'react';
import { useRingingCalls } from '../hooks/useCalls.ts';

export interface Attention {
  /** Messages not looked at. */
  unread: number;
  /** Who is calling. */
  caller: string | undefined;
}

/** Messages not looked at, of all conversations. */
export const unreadTotal = (state: ChatState): number => [...state.unread.values()].reduce((sum, n) => sum + n, 0);

/** Tells the page what is worth showing in its title. */
export function useAttention(state: ChatState, tell: ((attention: Attention) => void) | undefined): void {
  const unread = unreadTotal(state);
  const caller = useRingingCalls('incoming')[0]?.state.ring?.caller.name;
  useEffect(() => tell?.({ unread, caller }), [unread, caller, tell]);
}
