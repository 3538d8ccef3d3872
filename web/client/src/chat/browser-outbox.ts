// SPDX-License-Identifier: Apache-2.0
/** Unsent messages in the browser's IndexedDB, shared by the tabs of an origin. The only file that knows IndexedDB. */
import type { OutboxStorage, UnsentMessage } from './unsent.ts';

const STORE = 'messages';
/**
 * A tab that the system has put to sleep keeps its lock, and answers nobody: after so many questions it is not waited for. One
 * that answers is, as long as its upload takes.
 */
const ASKS = 3;
const ASK_MS = 8000;

/** What tabs say to each other. */
type Word = 'changed' | { asks: string } | { holds: string };

interface Row {
  userId: string;
  message: UnsentMessage;
}

/**
 * Undefined where there is no IndexedDB. `name` tells several apart on one origin, which may hold the widgets of several
 * servers; a client's own is its server's address.
 */
export function browserOutbox(name: string): OutboxStorage | undefined {
  try {
    return typeof indexedDB === 'undefined' ? undefined : new BrowserOutbox(`confab-outbox ${name}`);
  } catch {
    return undefined; // where nothing may be kept, asking throws
  }
}

class BrowserOutbox implements OutboxStorage {
  #opened: Promise<IDBDatabase> | undefined;
  #channel: BroadcastChannel | undefined;

  constructor(private readonly name: string) {}

  async list(userId: string): Promise<UnsentMessage[]> {
    // an array sorts behind every string: all keys of this user
    const rows = await this.#run<Row[]>('readonly', (store) => store.getAll(IDBKeyRange.bound([userId], [userId, []])) as IDBRequest<Row[]>);
    return rows.map(({ message }) => message).filter(isMessage);
  }

  async put(userId: string, message: UnsentMessage): Promise<void> {
    await this.#run('readwrite', (store) => store.put({ userId, message } satisfies Row, [userId, message.key]));
    this.#tell();
  }

  async remove(userId: string, key: string): Promise<void> {
    await this.#run('readwrite', (store) => store.delete([userId, key]));
    this.#tell();
  }

  async clear(whose: (userId: string) => boolean): Promise<void> {
    const keys = await this.#run('readonly', (store) => store.getAllKeys());
    for (const key of keys) {
      if (whose((key as [string, string])[0])) await this.#run('readwrite', (store) => store.delete(key));
    }
    if (keys.length > 0) this.#tell();
  }

  /** Pages on plain HTTP have no locks; where nothing may be kept, they are refused. Twice is better than never: a message is stored once. */
  async exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (typeof navigator === 'undefined' || !navigator.locks) return work();
    const lock = `${this.name} ${name}`;
    const patience = this.#patience(lock);
    let begun = false;
    const begin = async () => {
      begun = true;
      patience.end();
      const stop = this.#hear((word) => typeof word === 'object' && 'asks' in word && word.asks === lock && this.#say({ holds: lock }));
      return work().finally(stop);
    };
    try {
      return (await navigator.locks.request(lock, { signal: patience.signal }, begin)) as T;
    } catch (error) {
      if (begun) throw error;
      return work();
    } finally {
      patience.end();
    }
  }

  onChange(listener: () => void): () => void {
    return this.#hear((word) => word === 'changed' && listener());
  }

  /** Ends when whoever has the lock does not answer. */
  #patience(lock: string): { signal: AbortSignal; end: () => void } {
    const abort = new AbortController();
    let unanswered = 0;
    const stop = this.#hear((word) => {
      if (typeof word === 'object' && 'holds' in word && word.holds === lock) unanswered = 0;
    });
    const ask = () => {
      if (unanswered++ === ASKS) abort.abort();
      else this.#say({ asks: lock });
    };
    const timer = setInterval(ask, ASK_MS);
    ask();
    return {
      signal: abort.signal,
      end: () => {
        clearInterval(timer);
        stop();
      },
    };
  }

  /** Calls back with what other tabs say. Returns the way to stop. */
  #hear(listener: (word: Word) => void): () => void {
    if (typeof BroadcastChannel === 'undefined') return () => {};
    const channel = (this.#channel ??= new BroadcastChannel(this.name));
    const hear = ({ data }: MessageEvent<Word>) => listener(data);
    channel.addEventListener('message', hear);
    return () => channel.removeEventListener('message', hear);
  }

  #say(word: Word): void {
    this.#channel?.postMessage(word);
  }

  #tell(): void {
    this.#say('changed');
  }

  /** Resolves when it is done, not only asked for. */
  async #run<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = await this.#transaction(mode);
    return new Promise<T>((resolve, reject) => {
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error ?? new Error('IndexedDB gave up'));
    });
  }

  /** A phone that slept may have closed the database without a word: it is opened anew, once. */
  async #transaction(mode: IDBTransactionMode): Promise<IDBTransaction> {
    const database = await this.#open();
    try {
      return database.transaction(STORE, mode);
    } catch {
      this.#opened = undefined;
      return (await this.#open()).transaction(STORE, mode);
    }
  }

  #open(): Promise<IDBDatabase> {
    const opened = (this.#opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onerror = () => reject(request.error ?? new Error('IndexedDB does not open'));
      request.onsuccess = () => {
        const database = request.result;
        const forget = () => (this.#opened = undefined); // the next use opens it again
        database.onclose = forget;
        database.onversionchange = () => {
          forget();
          database.close();
        };
        resolve(database);
      };
    }));
    opened.catch(() => (this.#opened = undefined));
    return opened;
  }
}

/** Whatever wrote it: what is no message is left alone. */
function isMessage(value: unknown): value is UnsentMessage {
  const message = value as Partial<UnsentMessage> | undefined;
  return (
    typeof message?.key === 'string' &&
    typeof message.conversationId === 'string' &&
    typeof message.text === 'string' &&
    typeof message.at === 'number' &&
    typeof message.private === 'boolean' &&
    Array.isArray(message.files)
  );
}
