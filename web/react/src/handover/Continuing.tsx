// SPDX-License-Identifier: Apache-2.0
import { conversationIdOf, faceOf, type Call, type ChatState, type ChatStore } from '@confab/client';
import { useEffect } from 'react';
import { teamOf, type Peer } from '../calls/team.ts';
import { useMessages, useVideoClient } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import type { Messages } from '../messages/en.ts';

interface ContinuingProps {
  cid: string;
  messenger: ChatStore;
  /** Undefined: it is no call of this person's. */
  onFound: (found: { call: Call; peer: Peer } | undefined) => void;
}

/** Finds the call that one had on another device, as soon as the conversations are there. */
export function Continuing({ cid, messenger, onFound }: ContinuingProps) {
  const t = useMessages();
  const client = useVideoClient();
  const state = useObservable(messenger.state$);
  useEffect(() => {
    if (state.status !== 'ready') return;
    const [, type, id] = /^([^:]+):(.+)$/.exec(cid) ?? [];
    const peer = type === 'default' && id !== undefined ? peerOf(conversationIdOf(id), state, t) : undefined;
    onFound(peer && id !== undefined ? { call: client.call('default', id), peer } : undefined);
  }, [cid, client, state, t, onFound]);
  return null;
}

function peerOf(conversation: string | undefined, state: ChatState, t: Messages): Peer | undefined {
  if (conversation === undefined) return undefined;
  const channel = state.channels.get(conversation);
  if (channel) return faceOf(channel, state.me.id);
  if (conversation === state.me.id) return teamOf(t);
  return state.conversations.get(conversation)?.user;
}
