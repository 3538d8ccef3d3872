// SPDX-License-Identifier: Apache-2.0
/** Answers of HTTP and events of the socket come by two ways: an answer may be older than an event that overtook it. */
import type { SocketEvent } from '../events.ts';
import type { ChatAction } from './reduce.ts';

/** What changes messages, or what becomes of their conversation; each may be applied twice. */
const LASTING: readonly SocketEvent['type'][] = [
  'message.new', 'message.updated', 'message.deleted', 'reaction.new', 'reaction.deleted', 'conversation.updated', 'conversation.cleared', 'channel.left',
];

export class Answers {
  /** By question that is on its way: what was heard since. */
  readonly #heard = new Map<object, SocketEvent[]>();

  constructor(private readonly apply: (action: ChatAction) => void) {}

  /** Every event, after it was applied. */
  hear(event: SocketEvent): void {
    if (!LASTING.includes(event.type)) return;
    for (const events of this.#heard.values()) events.push(event);
  }

  /** Applies an answer about a conversation, and once more what was told of it since it was asked for. Rejects as `asked` does. */
  async take<T>(id: string, asked: Promise<T>, action: (answer: T) => ChatAction): Promise<T> {
    const events: SocketEvent[] = [];
    this.#heard.set(asked, events);
    try {
      const answer = await asked;
      this.apply(action(answer));
      for (const event of events) {
        if ('conversation_id' in event && event.conversation_id === id) this.apply({ type: 'event', event, at: Date.now() });
      }
      return answer;
    } finally {
      this.#heard.delete(asked);
    }
  }
}
