// SPDX-License-Identifier: Apache-2.0
/** What was asked over the event socket and has no reply yet. Knows no socket: one of these goes with each connection. */
import type { MessageObject, ServerEvent } from './contract.ts';
import { ConfabError } from './errors.ts';
import { fromAnswer } from './rest.ts';

/** The server replies when it is on the disk, which takes milliseconds; it has said nothing for so long that another way is quicker. */
const REPLY_MS = 5000;

/** There was no reply: whether the server has done it nobody knows, so only what may be done twice is asked this way. */
export class NoReply extends ConfabError {}

interface Waiting {
  resolve(message: MessageObject): void;
  reject(error: ConfabError): void;
  timer: ReturnType<typeof setTimeout>;
}

export class Requests {
  readonly #waiting = new Map<string, Waiting>();
  #last = 0;

  /** Hands `send` a new request_id. Rejects as the same request over HTTP does, or with NoReply. */
  ask(send: (requestId: string) => void): Promise<MessageObject> {
    const id = String(++this.#last);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#take(id)?.reject(new NoReply('The server did not reply in time.')), REPLY_MS);
      this.#waiting.set(id, { resolve, reject, timer });
      send(id);
    });
  }

  /** A frame of the server: the reply to one of these, or not. */
  hear(event: ServerEvent): void {
    if (event.type !== 'reply' && event.type !== 'message.new') return;
    const waiting = event.request_id === undefined ? undefined : this.#take(event.request_id);
    if (!waiting) return; // it came too late
    if (event.message) waiting.resolve(event.message);
    else waiting.reject(event.type === 'reply' ? fromAnswer(event.status_code, event.error, event.retry_after) : new NoReply('The reply is empty.'));
  }

  /** No reply comes any more. */
  end(error: ConfabError): void {
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(error);
  }

  #take(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(id);
    return waiting;
  }
}
