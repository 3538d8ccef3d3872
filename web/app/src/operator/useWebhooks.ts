// SPDX-License-Identifier: Apache-2.0
import type { VideoClient, WebhookObject } from '@confab/client';
import { useCallback, useEffect, useState } from 'react';

const EVERY_MS = 5000;

export interface WebhooksView {
  /** undefined: not known yet. */
  webhooks: readonly WebhookObject[] | undefined;
  test(webhook: string): Promise<void>;
  repeat(webhook: string, delivery: string): Promise<void>;
}

/** What was delivered, every five seconds while the page is looked at, and at once after something was sent. */
export function useWebhooks(client: VideoClient): WebhooksView {
  const [webhooks, setWebhooks] = useState<readonly WebhookObject[]>();
  const look = useCallback(async () => {
    if (!document.hidden) setWebhooks(await client.operator.webhooks({ limit: 20 }));
  }, [client]);
  useEffect(() => {
    const again = () => void look().catch(() => {}); // the page says elsewhere that nothing comes
    again();
    const timer = setInterval(again, EVERY_MS);
    return () => clearInterval(timer);
  }, [look]);

  const test = useCallback((webhook: string) => client.operator.testWebhook(webhook).then(look), [client, look]);
  const repeat = useCallback((webhook: string, delivery: string) => client.operator.repeatDelivery(webhook, delivery).then(look), [client, look]);
  return { webhooks, test, repeat };
}
