// SPDX-License-Identifier: Apache-2.0
import { faceOf, type ChatState, type VideoClient } from '@confab/client';
import { useEffect, useRef } from 'react';
import { useMessages } from '../context.tsx';
import { useToast } from '../ui/Toasts.tsx';

/** Somebody else has let this person into a group, or taken them out of one; `onOut` says of which. */
export function useChannelNotices(client: VideoClient, state: ChatState, onOut: (id: string) => void): void {
  const t = useMessages();
  const toast = useToast();
  const before = useRef({ state, onOut });
  useEffect(() => {
    before.current = { state, onOut };
  }, [state, onOut]);
  useEffect(
    () =>
      client.on('channel.left', ({ conversation_id: id, user }) => {
        const { state: known, onOut: out } = before.current;
        const channel = known.channels.get(id);
        if (channel && user.id !== known.me.id) toast(t.channels.takenOut(faceOf(channel, known.me.id).name));
        out(id);
      }),
    [client, toast, t],
  );
  useEffect(
    () =>
      client.on('channel.updated', ({ conversation_id: id, channel, user }) => {
        const { state: known } = before.current;
        if (channel.type === 'group' && known.status === 'ready' && !known.channels.has(id) && user.id !== known.me.id)
          toast(t.channels.letIn(user.name, channel.name ?? id));
      }),
    [client, toast, t],
  );
}
