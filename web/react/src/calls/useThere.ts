// SPDX-License-Identifier: Apache-2.0
import { conversationIdOf, Store, type Call, type ChatState } from '@confab/client';
import { useObservable } from '../hooks/useObservable.ts';
import { useCallChat } from './CallChat.tsx';

const NONE = new Store<ChatState | undefined>(undefined);

/** Whether somebody whom this call rings has a page open now; undefined where no messenger knows. */
export function useThere(call: Call): boolean | undefined {
  const state = useObservable<ChatState | undefined>(useCallChat()?.messenger?.state$ ?? NONE);
  const id = call.type === 'default' ? conversationIdOf(call.id) : undefined;
  if (!state || id === undefined) return undefined;
  const others = [...state.online].filter((user) => user !== state.me.id);
  const members = state.channels.get(id)?.members;
  if (members) return members.some(({ user }) => others.includes(user.id));
  return id === state.me.id ? others.length > 0 : others.includes(id); // a customer rings the team
}
