// SPDX-License-Identifier: Apache-2.0
import type { VideoClient } from '@confab/client';
import { useEffect, useRef } from 'react';

/** Two customers are one, by somebody of the team: which conversation is gone, and where all of it is now. */
export function useMerged(client: VideoClient, onMerged: (gone: string, into: string) => void): void {
  const latest = useRef(onMerged);
  useEffect(() => {
    latest.current = onMerged;
  }, [onMerged]);
  useEffect(() => client.on('conversation.merged', ({ conversation_id: gone, into }) => latest.current(gone, into)), [client]);
}
