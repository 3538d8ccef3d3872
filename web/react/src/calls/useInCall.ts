// SPDX-License-Identifier: Apache-2.0
import { conversationIdOf, Store, type Call, type ChatState } from '@confab/client';
import { useVideoClient } from '../context.tsx';
import { useLasting } from '../hooks/useCallStateHooks.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { useCallChat } from './CallChat.tsx';

const NONE = new Store<ChatState | undefined>(undefined);

/** Who has left is in the list until the server has said so. */
export const GONE_MS = 1500;

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
  return { others: people.filter((user) => user.id !== me).map((user) => user.name), me: useLasting(people.some((user) => user.id === me), GONE_MS) };
}
