// SPDX-License-Identifier: Apache-2.0
/** Conversations and messages, one method per route. All reject like every other operation of the client. */
import type { ConversationsResponse, MessageObject, MessagesResponse } from '../contract.ts';
import type { Rest } from '../rest.ts';

export class ChatApi {
  constructor(private readonly context: { ready(): Promise<void>; rest: Rest }) {}

  /** A customer's own conversation; for an admin all, latest activity first. */
  async conversations(): Promise<ConversationsResponse> {
    await this.context.ready();
    return this.context.rest.get('/api/v1/conversations');
  }

  /** Up to `limit` messages before the one with id `before` (or the newest), oldest first. */
  async messages(conversationId: string, page: { before?: number; limit?: number } = {}): Promise<MessagesResponse> {
    await this.context.ready();
    const query = new URLSearchParams({ limit: String(page.limit ?? 50) });
    if (page.before !== undefined) query.set('before', String(page.before));
    return this.context.rest.get(`/api/v1/conversations/${encodeURIComponent(conversationId)}/messages?${query}`);
  }

  /** Repeating a `clientId` stores nothing new and returns the first message. */
  async send(conversationId: string, text: string, clientId: string): Promise<MessageObject> {
    await this.context.ready();
    const path = `/api/v1/conversations/${encodeURIComponent(conversationId)}/messages`;
    const { message } = await this.context.rest.post<{ message: MessageObject }>(path, { text, client_id: clientId });
    return message;
  }
}
