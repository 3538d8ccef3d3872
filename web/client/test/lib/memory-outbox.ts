// SPDX-License-Identifier: Apache-2.0
/** What several tabs of a browser share, without the browser. */
import type { OutboxStorage, UnsentMessage } from '../../src/index.ts';

export class MemoryOutbox {
  readonly rows = new Map<string, { userId: string; message: UnsentMessage }>();
  readonly #listeners = new Map<object, () => void>();
  readonly #locks = new Map<string, Promise<unknown>>();
  broken = false;

  keysOf(userId: string): string[] {
    return [...this.rows.values()].filter((row) => row.userId === userId).map(({ message }) => message.key);
  }

  /** One tab's view of it. */
  tab(): OutboxStorage {
    const me = {};
    const change = (work: () => void) => {
      work();
      for (const [tab, listener] of this.#listeners) if (tab !== me) listener();
    };
    const use = async <T>(work: () => T): Promise<T> => {
      await Promise.resolve();
      if (this.broken) throw new Error('the disk is full');
      return work();
    };
    return {
      list: (userId) => use(() => [...this.rows.values()].filter((row) => row.userId === userId).map(({ message }) => structuredClone(message))),
      put: (userId, message) => use(() => change(() => this.rows.set(`${userId} ${message.key}`, { userId, message: structuredClone(message) }))),
      remove: (userId, key) => use(() => change(() => this.rows.delete(`${userId} ${key}`))),
      clear: (whose) => use(() => change(() => [...this.rows].forEach(([key, { userId }]) => whose(userId) && this.rows.delete(key)))),
      exclusive: (name, work) => {
        const turn = (this.#locks.get(name) ?? Promise.resolve()).catch(() => {}).then(work);
        this.#locks.set(name, turn);
        return turn;
      },
      onChange: (listener) => {
        this.#listeners.set(me, listener);
        return () => void this.#listeners.delete(me);
      },
    };
  }
}
