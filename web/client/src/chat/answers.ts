// SPDX-License-Identifier: Apache-2.0
/** Answers about a conversation, each beside the events that overtook it. */
import type { SocketEvent } from '../events.ts';
import { Heard } from '../heard.ts';
import type { ChatAction } from './reduce.ts';

/** What changes messages, or what becomes of their conversation; each may be applied twice. */
const LASTING: readonly SocketEvent['type'][] = [
  'message.new', 'message.updated', 'message.deleted', 'reaction.new', 'reaction.deleted', 'conversation.updated', 'conversation.cleared', 'channel.left',
];

/** Whether an event of this type was heard about a conversation. */
type Told = (type: SocketEvent['type'], id: string) => boolean;

export class Answers {
  readonly #heard = new Heard<SocketEvent>();

  constructor(private readonly apply: (action: ChatAction) => void) {}

  /** Every event, after it was applied. */
  hear(event: SocketEvent): void {
    this.#heard.hear(event);
  }

  /** Applies an answer about a conversation, and once more what was told of it since it was asked for. Rejects as `asked` does. */
  async take<T>(id: string, asked: Promise<T>, action: (answer: T) => ChatAction): Promise<T> {
    const [answer, events] = await this.#heard.during(asked);
    this.apply(action(answer));
    for (const event of events) {
      if (LASTING.includes(event.type) && isOf(id, event)) this.apply({ type: 'event', event, at: Date.now() });
    }
    return answer;
  }

  /**
   * An answer that an event tells, too, and whether that one was there first: then the answer is not to be applied, as what came
   * behind the event counts on it. Rejects as `asked` does.
   */
  async compare<T>(asked: Promise<T>): Promise<[answer: T, told: Told]> {
    const [answer, events] = await this.#heard.during(asked);
    return [answer, (type, id) => events.some((event) => event.type === type && isOf(id, event))];
  }
}

const isOf = (id: string, event: SocketEvent): boolean => 'conversation_id' in event && event.conversation_id === id;
