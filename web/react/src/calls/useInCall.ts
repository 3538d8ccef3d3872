// SPDX-License-Identifier: Apache-2.0
import { conversationIdOf, Store, type Call, type ChatState } from '@confab/client';
import { useVideoClient } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import { useCallChat } from './CallChat.tsx';

const NONE = new Store<ChatState | undefined>(undefined);

export interface InCall {
  /** Names of the others who are in it; two devices of one person are one. */
  others: readonly string[];
  /** This user is in it, on another device or in another window. */
  me: boolean;
}

/** Who is in a call that this page is not in. */
export function useInCall(call: Call): InCall {
  const me = useVideoClient().state.connectedUser?.id;
  const known = useObservable(call.state.session$);
  const state = useObservable<ChatState | undefined>(useCallChat()?.messenger?.state$ ?? NONE);
  const id = call.type === 'default' ? conversationIdOf(call.id) : undefined;
  const conversation = id === undefined ? undefined : (state?.conversations.get(id) ?? state?.channels.get(id));
  const people = (conversation ? conversation.call : known)?.participants ?? [];
  return { others: people.filter((user) => user.id !== me).map((user) => user.name), me: people.some((user) => user.id === me) };
}
