// SPDX-License-Identifier: Apache-2.0
/**
 * What is written before anybody is connected. It is kept over reloads like what waits later on: as nobody's, or as that of the
 * customer who the page says is there, so that on the page of another one it is not sent. What a visitor left waiting is the
 * customer's once they have signed in.
 */
import { browserOutbox, type Outbox, type OutboxStorage, type UnsentMessage } from '@confab/client';

/** The user id of messages that have no writer yet. */
const NOBODY = '';

export class Early {
  /** The same one that the client uses once there is one. */
  readonly storage: OutboxStorage | undefined;
  /** Keys that the storage has for sure: when they are not there any more, another tab took them. */
  readonly #kept = new Set<string>();
  #keeping: Promise<unknown> = Promise.resolve();
  /** Another number after `forget`: what was under way then is not kept any more. */
  #era = 0;

  constructor(
    server: string,
    private readonly warn: (text: string) => void,
    storage = browserOutbox(`widget ${server}`), // the server's own pages may have the app beside the widget
  ) {
    this.storage = storage;
  }

  /** Whether what the storage has under this user id is what this customer, or the visitor or somebody unknown, has written. */
  owns(userId: string, customerId: string | undefined, visitorId: string | undefined): boolean {
    return userId === visitorId || writersOf(customerId).includes(userId);
  }

  /**
   * What waits since an earlier page: this customer's or nobody's, and the visitor's, who is known but not connected yet. With a
   * customer, who was the visitor, that is theirs, too.
   */
  async load(customerId: string | undefined, visitorId: string | undefined): Promise<{ pending: UnsentMessage[]; earlier: UnsentMessage[] }> {
    if (customerId !== undefined && visitorId !== undefined) {
      this.claim((await this.#list([visitorId])) ?? [], customerId, visitorId);
      await this.#keeping;
    }
    const pending = (await this.#list(writersOf(customerId))) ?? [];
    for (const { key } of pending) this.#kept.add(key);
    return { pending, earlier: visitorId === undefined || customerId !== undefined ? [] : ((await this.#list([visitorId])) ?? []) };
  }

  keep(message: UnsentMessage, customerId: string | undefined): void {
    this.#keeping = this.#try(async (storage) => {
      await storage.put(writersOf(customerId)[0] ?? NOBODY, message);
      this.#kept.add(message.key);
    });
  }

  /** They have signed in. Returns the messages as they are to be sent now: with files that the visitor's account has sent anew. */
  claim(messages: readonly UnsentMessage[], customerId: string, visitorId: string | undefined): UnsentMessage[] {
    return messages.map((message) => {
      const files = message.files.map((file) => (file.file ? { ...file, attachment: undefined } : file));
      const theirs: UnsentMessage = { ...message, conversationId: '', files, quoted: undefined, refused: undefined };
      this.keep(theirs, customerId);
      for (const id of [NOBODY, ...(visitorId === undefined ? [] : [visitorId])]) void this.#try((storage) => storage.remove(id, message.key));
      return theirs;
    });
  }

  /** One of theirs. */
  discard(key: string, customerId: string | undefined, visitorId: string | undefined): void {
    for (const id of [...writersOf(customerId), ...(visitorId === undefined ? [] : [visitorId])]) void this.#try((storage) => storage.remove(id, key));
  }

  /**
   * These are this user's from now on. Another tab that shows them, too, may have been faster: then they are gone from here. Resolves
   * with what was not taken, for they were signed out meanwhile: it stays theirs.
   */
  async handOver(messages: readonly UnsentMessage[], outbox: Outbox, userId: string, customerId: string | undefined): Promise<UnsentMessage[]> {
    const writers = writersOf(customerId);
    const era = this.#era;
    const left: UnsentMessage[] = [];
    await this.alone('hand over', async () => {
      await this.#keeping;
      const stored = await this.#list(writers);
      const there = new Set(stored?.map(({ key }) => key));
      for (const message of messages) {
        if (stored && this.#kept.has(message.key) && !there.has(message.key)) continue;
        const taken = await outbox.add({ ...message, conversationId: userId });
        if (era !== this.#era) return;
        if (!taken) {
          left.push(message);
          await this.#try((storage) => storage.put(writers[0] ?? NOBODY, message));
        }
        for (const id of taken ? writers : writers.slice(1)) await this.#try((storage) => storage.remove(id, message.key));
      }
    });
    return era === this.#era ? left : [];
  }

  /** Nothing of anybody stays. */
  async forget(): Promise<void> {
    this.#era++;
    await this.#keeping;
    await this.#try((storage) => storage.clear(() => true));
  }

  /** One tab after the other. */
  alone<T>(what: string, work: () => Promise<T>): Promise<T> {
    return this.storage?.exclusive ? this.storage.exclusive(what, work) : work();
  }

  /** Undefined: the storage does not say. */
  async #list(userIds: readonly string[]): Promise<UnsentMessage[] | undefined> {
    const lists = await this.#try((storage) => Promise.all(userIds.map((id) => storage.list(id))));
    return lists?.flat().sort((a, b) => a.at - b.at);
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

/** Under which user ids it is, the first for what is new. No account's id has a space. */
const writersOf = (customerId: string | undefined): readonly string[] => (customerId === undefined ? [NOBODY] : [`customer ${customerId}`, NOBODY]);
