// SPDX-License-Identifier: Apache-2.0
/** What is kept in the browser, under the embedding page's origin. Where the browser keeps nothing: for this page only. */

export class Memory {
  /** What the browser does not take. */
  readonly #here = new Map<string, string>();

  /** `prefix` tells several servers' widgets on one site apart. */
  constructor(private readonly prefix: string) {}

  /** Undefined: nothing there, or nothing that makes sense. */
  read<T>(key: string, kind: 'local' | 'session' = 'local'): T | undefined {
    const text = this.#here.get(key) ?? this.#store(kind, (store) => store.getItem(this.prefix + key));
    try {
      return text == null ? undefined : (JSON.parse(text) as T);
    } catch {
      return undefined;
    }
  }

  /** Undefined takes it away. */
  write(key: string, value: unknown, kind: 'local' | 'session' = 'local'): void {
    const text = JSON.stringify(value) as string | undefined;
    this.#here.delete(key);
    this.#store(kind, (store) => store.removeItem(this.prefix + key)); // also when what is new does not fit
    if (text === undefined) return;
    const kept = this.#store(kind, (store) => (store.setItem(this.prefix + key, text), true));
    if (!kept) this.#here.set(key, text);
  }

  /** Storage may be forbidden or full: every use of it may throw. */
  #store<T>(kind: 'local' | 'session', use: (store: Storage) => T): T | undefined {
    try {
      return use(kind === 'local' ? localStorage : sessionStorage);
    } catch {
      return undefined;
    }
  }
}
