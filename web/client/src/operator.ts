// SPDX-License-Identifier: Apache-2.0
/**
 * What an operator sees: who is in which call right now and how well, the calls of the past, what webhooks delivered, and what
 * went wrong. For admins only.
 */
import type { Rest } from './rest.ts';
import type { Observable } from './store.ts';
import type {
  CallCardObject,
  OperatorCallObject,
  OperatorCallsResponse,
  OperatorHistoryResponse,
  OperatorProblemObject,
  OperatorProblemsResponse,
  OperatorServerObject,
  OperatorWebhooksResponse,
  ServerWarningObject,
  WebhookDeliveryObject,
  WebhookDeliveryResponse,
  WebhookObject,
} from './contract.ts';

export class OperatorApi {
  constructor(
    private readonly context: { ready(): Promise<void>; rest: Rest },
    /** What the server cannot do now, or soon: its disk is full, its certificate ends. Kept up to date by events; empty for who is no admin. */
    readonly warnings$: Observable<readonly ServerWarningObject[]>,
  ) {}

  get warnings(): readonly ServerWarningObject[] {
    return this.warnings$.get();
  }

  /** Every call that somebody is in, but for those of channels of others. Rejects with code 17 for who is no admin. */
  async calls(): Promise<OperatorCallObject[]> {
    return (await this.live()).calls;
  }

  /** The same, and under `private` how many calls and people there are in channels that the asker is no member of. */
  async live(): Promise<OperatorCallsResponse> {
    await this.context.ready();
    return this.context.rest.get<OperatorCallsResponse>('/api/v1/operator/calls');
  }

  /** Calls of the past, the latest first; of one conversation, or of all. */
  async history(query: { conversation?: string; limit?: number } = {}): Promise<CallCardObject[]> {
    await this.context.ready();
    const params = new URLSearchParams({ limit: String(query.limit ?? 50) });
    if (query.conversation !== undefined) params.set('conversation', query.conversation);
    return (await this.context.rest.get<OperatorHistoryResponse>(`/api/v1/operator/history?${params}`)).cards;
  }

  /** The last 64 warnings and errors of the server's log, the newest first; kept since its start. */
  async problems(): Promise<OperatorProblemObject[]> {
    await this.context.ready();
    return (await this.context.rest.get<OperatorProblemsResponse>('/api/v1/operator/problems')).problems;
  }

  /** How the server itself does: version, since when, memory, disk, certificate. */
  async server(): Promise<OperatorServerObject> {
    await this.context.ready();
    return this.context.rest.get('/api/v1/operator/server');
  }

  /** Each webhook of the configuration: what waits, and the last deliveries, at most `limit` (200) that are over. */
  async webhooks({ limit = 50 }: { limit?: number } = {}): Promise<WebhookObject[]> {
    await this.context.ready();
    return (await this.context.rest.get<OperatorWebhooksResponse>(`/api/v1/operator/webhooks?limit=${limit}`)).webhooks;
  }

  /** Sends an event that says nothing to this webhook only, behind what waits. Resolves when it is on its way, not when it arrived. */
  async testWebhook(webhook: string): Promise<WebhookDeliveryObject> {
    return this.#send(webhook, 'test');
  }

  /** Sends what was sent once more, under the same id; one that waits is tried at once. Rejects with status 410 when it is too long ago. */
  async repeatDelivery(webhook: string, delivery: string): Promise<WebhookDeliveryObject> {
    return this.#send(webhook, `deliveries/${encodeURIComponent(delivery)}/again`);
  }

  async #send(webhook: string, what: string): Promise<WebhookDeliveryObject> {
    await this.context.ready();
    const path = `/api/v1/operator/webhooks/${encodeURIComponent(webhook)}/${what}`;
    return (await this.context.rest.post<WebhookDeliveryResponse>(path, {})).delivery;
  }
}
