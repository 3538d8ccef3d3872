// SPDX-License-Identifier: Apache-2.0
import type { VideoClient } from '@confab/client';
import { useEffect } from 'react';

const EVERY_MS = 20_000;

/** Tells colleagues which conversation this person has before their eyes, while the page is in front. */
export function useViewing(client: VideoClient, conversationId: string | undefined): void {
  useEffect(() => {
    if (conversationId === undefined) return;
    const tell = (viewing: boolean) => void client.support.viewing(conversationId, viewing).catch(() => {}); // said again soon
    const look = () => !document.hidden && tell(true);
    look();
    const timer = setInterval(look, EVERY_MS);
    const onVisibility = () => tell(!document.hidden);
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onVisibility);
      tell(false);
    };
  }, [client, conversationId]);
}
