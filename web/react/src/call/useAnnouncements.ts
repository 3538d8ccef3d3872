// SPDX-License-Identifier: Apache-2.0
import type { Call, Participant } from '@confab/client';
import { useEffect, useRef, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useToast } from '../ui/Toasts.tsx';

/** Tells who comes and goes, but for oneself on another device, and remembers that somebody declined until somebody is there. */
export function useAnnouncements(call: Call, participants: readonly Participant[], joined: boolean): string | undefined {
  const t = useMessages();
  const toast = useToast();
  const me = useVideoClient().state.connectedUser?.id;
  const [note, setNote] = useState<string | undefined>();
  const known = useRef<Map<string, string> | undefined>(undefined);

  useEffect(() => {
    // who was there before me did not "join", and when the connection was lost nobody "left"
    if (!joined) {
      known.current = undefined;
      return;
    }
    const now = new Map(participants.filter((p) => !p.isLocal && p.userId !== me).map((p) => [p.sessionId, p.name]));
    const before = known.current;
    known.current = now;
    if (now.size > 0) setNote(undefined);
    if (!before) return;
    for (const [id, name] of now) if (!before.has(id)) toast(t.joined(name));
    for (const [id, name] of before) {
      if (now.has(id)) continue;
      toast(t.left(name));
      if (now.size === 0) setNote(t.left(name));
    }
  }, [participants, joined, me, t, toast]);

  useEffect(
    () =>
      call.on('call.rejected', ({ user, ring, reason }) => {
        // in a group others may still come; a ring's own end is told by ringView
        if (!ring && reason !== 'cancel') setNote(t.declinedBy(user.name));
      }),
    [call, t],
  );
  return note;
}
