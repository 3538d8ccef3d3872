// SPDX-License-Identifier: Apache-2.0
/** What is written before anybody is connected. It is kept over reloads like what waits later on, as nobody's. */
import { browserOutbox, type Outbox, type OutboxStorage, type UnsentMessage } from '@confab/client';

/** The user id of messages that have no writer yet. */
export const NOBODY = '';

export class Early {
  /** The same one that the client uses once there is one. */
  readonly storage: OutboxStorage | undefined;
  /** Keys that the storage has for sure: when they are not there any more, another tab took them. */
  readonly #kept = new Set<string>();
  #keeping: Promise<unknown> = Promise.resolve();

  constructor(
    server: string,
    private readonly warn: (text: string) => void,
  ) {
    this.storage = browserOutbox(`widget ${server}`); // the server's own pages may have the app beside the widget
  }

  /** What waits since an earlier page: nobody's, and this user's, who is known but not connected yet. */
  async load(userId: string | undefined): Promise<{ pending: UnsentMessage[]; earlier: UnsentMessage[] }> {
    const list = async (id: string) => ((await this.#try((storage) => storage.list(id))) ?? []).sort((a, b) => a.at - b.at);
    const pending = await list(NOBODY);
    for (const { key } of pending) this.#kept.add(key);
    return { pending, earlier: userId === undefined ? [] : await list(userId) };
  }

  keep(message: UnsentMessage): void {
    this.#keeping = this.#try(async (storage) => {
      await storage.put(NOBODY, message);
      this.#kept.add(message.key);
    });
  }

  /** Nobody's, or this user's. */
  discard(key: string, userId: string = NOBODY): void {
    for (const id of new Set([NOBODY, userId])) void this.#try((storage) => storage.remove(id, key));
  }

  /** These are this user's from now on. Another tab that shows them, too, may have been faster: then they are gone from here. */
  async handOver(messages: readonly UnsentMessage[], outbox: Outbox, userId: string): Promise<void> {
    await this.alone('hand over', async () => {
      await this.#keeping;
      const stored = await this.#try((storage) => storage.list(NOBODY));
      const there = new Set(stored?.map(({ key }) => key));
      for (const message of messages) {
        if (stored && this.#kept.has(message.key) && !there.has(message.key)) continue;
        await outbox.add({ ...message, conversationId: userId });
        await this.#try((storage) => storage.remove(NOBODY, message.key));
      }
    });
  }

  /** Nothing of anybody stays. */
  async forget(): Promise<void> {
    await this.#try((storage) => storage.clear(() => true));
  }

  /** One tab after the other. */
  alone<T>(what: string, work: () => Promise<T>): Promise<T> {
    return this.storage?.exclusive ? this.storage.exclusive(what, work) : work();
  }

  async #try<T>(use: (storage: OutboxStorage) => Promise<T>): Promise<T | undefined> {
    try {
      return this.storage && (await use(this.storage));
    } catch (error) {
      this.warn(`Unsent messages cannot be kept over a reload: ${String(error)}`);
      return undefined;
    }
  }
}
