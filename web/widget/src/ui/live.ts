// SPDX-License-Identifier: Apache-2.0
import type { Connected } from '../widget.ts';
import { useObservable } from './context.ts';
import { useLasting } from './lasting.ts';

/** Who has left is in the list until the server has said so. */
const GONE_MS = 1500;

interface LiveCall {
  /** Names of the others who are in it. */
  others: readonly string[];
  /** One is in it oneself, on another device or in another window. */
  elsewhere: boolean;
}

/** The conversation's call, as somebody sees it who is not in it here; undefined while nobody is in it. */
export function useLiveCall({ chat, me }: Connected): LiveCall | undefined {
  const people = useObservable(chat.state$).conversations.get(me.id)?.call?.participants ?? [];
  const others = people.filter((user) => user.id !== me.id);
  const elsewhere = useLasting(others.length < people.length, GONE_MS);
  if (!elsewhere && others.length === 0) return undefined;
  return { others: [...new Set(others.map((user) => user.name))], elsewhere };
}
