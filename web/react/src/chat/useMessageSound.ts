// SPDX-License-Identifier: Apache-2.0
import { CallingState, isChannel, isNamed, type ChatState, type ChatStore, type MessageObject } from '@confab/client';
import { useEffect } from 'react';
import { useVideoClient } from '../context.tsx';
import { playPing } from '../sound/ping.ts';

/** Whoever looks at it has read it by then, in this tab or in another. */
const LOOK_MS = 700;

/** A short sound when somebody writes to this person and nobody of theirs looks; none in a call, where it would be heard by all. */
export function useMessageSound(store: ChatStore, on: boolean): void {
  const client = useVideoClient();
  useEffect(() => {
    if (!on) return;
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const stop = client.on('message.new', ({ conversation_id: id, message }) => {
      if (!concerns(store.state, id, message)) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        const inCall = client.state.calls.some(({ state }) => state.callingState === CallingState.JOINED);
        if (!inCall && store.state.unread.has(id)) playPing();
      }, LOOK_MS);
      timers.add(timer);
    });
    return () => {
      stop();
      timers.forEach(clearTimeout);
    };
  }, [client, store, on]);
}

/** Whether a message is for this person to look at: not what a colleague answers, nor what a colleague looks after. */
export function concerns({ me, conversations }: Pick<ChatState, 'me' | 'conversations'>, id: string, { type, user, private: note, text }: MessageObject): boolean {
  if (type !== 'regular' || user.id === me.id) return false;
  if (me.role !== 'admin' || isChannel(id)) return true;
  if (user.role === 'admin') return note === true && isNamed(text, me.id);
  const assignee = conversations.get(id)?.support.assignee;
  return !assignee || assignee.id === me.id;
}
