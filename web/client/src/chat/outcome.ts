// SPDX-License-Identifier: Apache-2.0
/** What becomes of a message that waits or is being sent, as a promise. */
import type { MessageObject } from '../contract.ts';
import { ConfabError, ErrorCode } from '../errors.ts';
import type { ChatApi } from './api.ts';
import type { Outbox } from './outbox.ts';

/**
 * Resolves with what the server stored, whichever tab sent it. Rejects with the server's refusal, when the message is discarded,
 * and when nobody is signed in any more.
 */
export function outcomeOf(key: string, conversationId: string, outbox: Outbox, chat: ChatApi): Promise<MessageObject> {
  return new Promise((resolve, reject) => {
    const stops: (() => void)[] = [];
    const settle = (how: () => void): void => {
      for (const stop of stops.splice(0)) stop();
      how();
    };
    const check = (): void => {
      if (!outbox.queue.some(({ message }) => message.key === key)) settle(() => resolve(lookUp(key, conversationId, chat)));
    };
    stops.push(
      outbox.listen({
        sent: (message) => message.client_id === key && settle(() => resolve(message)),
        refused: (message, error) => message.key === key && settle(() => reject(error)),
      }),
      outbox.queue$.onChange(check),
    );
    check();
  });
}

/** It went without a word: another tab has sent it, or it was discarded. */
async function lookUp(key: string, conversationId: string, chat: ChatApi): Promise<MessageObject> {
  const { messages } = await chat.messages(conversationId, { limit: 100 });
  const stored = messages.find((message) => message.client_id === key);
  if (!stored) throw new ConfabError('The message was discarded.', { code: ErrorCode.notFound, unrecoverable: true });
  return stored;
}
