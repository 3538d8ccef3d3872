// SPDX-License-Identifier: Apache-2.0
import type { WebhookObject } from '@confab/client';
import { Spinner, useToast, useVideoClient } from '@confab/react';
import { useMessages, useTexts } from '../texts/index.ts';
import { Deliveries } from './Deliveries.tsx';
import { useWebhooks } from './useWebhooks.ts';

/** What the server tells other programs, and whether they hear it. */
export function Webhooks() {
  const { hook, loading } = useTexts();
  const toast = useToast();
  const { webhooks, test, repeat } = useWebhooks(useVideoClient());
  const send = (work: Promise<void>, done: string) => void work.then(() => toast(done), () => toast(hook.notSent, 'problem'));
  return (
    <section aria-labelledby="op-hooks">
      <h2 id="op-hooks">{hook.title}</h2>
      {!webhooks && <Spinner label={loading} />}
      {webhooks?.length === 0 && <p className="op-soft">{hook.none}</p>}
      {webhooks?.map((webhook) => (
        <Webhook
          key={webhook.id}
          webhook={webhook}
          onTest={() => send(test(webhook.id), hook.testSent)}
          onRepeat={(delivery) => send(repeat(webhook.id, delivery), hook.sentAgain)}
        />
      ))}
    </section>
  );
}

interface WebhookProps {
  webhook: WebhookObject;
  onTest: () => void;
  onRepeat: (delivery: string) => void;
}

function Webhook({ webhook, onTest, onRepeat }: WebhookProps) {
  const { hook } = useTexts();
  const { locale } = useMessages();
  const { id, kind, url, waiting, delivered, failed, deliveries } = webhook;
  const number = new Intl.NumberFormat(locale);
  const figures = [hook.delivered(number.format(delivered)), waiting > 0 && hook.waiting(number.format(waiting)), failed > 0 && hook.failed(number.format(failed))];
  return (
    <article className="op-call op-hook" aria-labelledby={`op-hook-${id}`}>
      <header className="op-hook__head">
        <div>
          <h3 id={`op-hook-${id}`}>
            <bdi dir="ltr">{url}</bdi>
          </h3>
          <p className="op-hook__figures">
            {hook.kinds[kind]} · {figures.filter(Boolean).join(' · ')}
          </p>
        </div>
        <button type="button" className="cf-button cf-button--quiet cf-button--small" onClick={onTest}>
          {hook.test}
        </button>
      </header>
      {deliveries.length === 0 ? <p className="op-hook__none">{hook.noDeliveries}</p> : <Deliveries deliveries={deliveries} onRepeat={onRepeat} />}
    </article>
  );
}
