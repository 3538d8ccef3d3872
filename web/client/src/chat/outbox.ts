// SPDX-License-Identifier: Apache-2.0

const RESEND_MS = 2000;
const RESEND_MAX_MS = 30_000;

/** How a message's way ended: the server has it, or will not take it, or could not be reached. */
export type Sent = 'done' | 'refused' | 'unreachable';

/**
 * Sends messages so that those of a conversation arrive in the order they were written: one at a time, and none before an
 * older one that waits for the network. What waits is tried again when `retry` is called, and with growing pauses in any
 * case: the socket may not notice that the network was away.
 */
export class Outbox {
  /** What waits for the network, the oldest first: its key, and the conversation. */
  readonly #waiting = new Map<string, string>();
  readonly #last = new Map<string, Promise<void>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;

  /** `again`: send this one once more; it ends in another `send` with its key. */
  constructor(private readonly again: (id: string, key: string) => void) {}

  /** Calls `attempt` when it is this message's turn, or `blocked` when an older one keeps waiting. */
  send(id: string, key: string, attempt: () => Promise<Sent>, blocked: () => void): void {
    if (!this.#waiting.has(key) && this.#oldest(id) !== undefined) this.retry(); // a good moment: those before it first
    const turn = (this.#last.get(id) ?? Promise.resolve()).then(async () => {
      if (this.#oldest(id) !== undefined && this.#oldest(id) !== key) {
        blocked();
        this.#wait(id, key);
        return;
      }
      if ((await attempt()) === 'unreachable') {
        this.#wait(id, key);
        return;
      }
      this.#waiting.delete(key);
      this.#tries = 0;
    });
    this.#last.set(id, turn);
    void turn.then(() => this.#last.get(id) === turn && this.#last.delete(id));
  }

  waits(key: string): boolean {
    return this.#waiting.has(key);
  }

  /** It need not be sent any more. */
  forget(key: string): void {
    this.#waiting.delete(key);
  }

  /** Tries everything that waits. */
  retry(): void {
    this.#tries++;
    for (const [key, id] of [...this.#waiting]) this.again(id, key);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #oldest(id: string): string | undefined {
    for (const [key, conversation] of this.#waiting) if (conversation === id) return key;
    return undefined;
  }

  #wait(id: string, key: string): void {
    this.#waiting.set(key, id); // one that waits already keeps its place
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.retry(), Math.min(RESEND_MAX_MS, RESEND_MS * 2 ** this.#tries));
  }
}
