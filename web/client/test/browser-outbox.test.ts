// SPDX-License-Identifier: Apache-2.0
/** What waits in the browser, where the browser is difficult. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { browserOutbox } from '../src/chat/browser-outbox.ts';

const before = { navigator: Object.getOwnPropertyDescriptor(globalThis, 'navigator'), timeout: AbortSignal.timeout };
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'indexedDB');
  if (before.navigator) Object.defineProperty(globalThis, 'navigator', before.navigator);
  else Reflect.deleteProperty(globalThis, 'navigator');
  AbortSignal.timeout = before.timeout;
});

const put = (name: string, value: unknown) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

/** Calls back a little later, as every request of IndexedDB does. */
function soon<T extends object>(request: T, name: keyof T): T {
  setTimeout(() => (request[name] as unknown as () => void)(), 0);
  return request;
}

test('a tab that sleeps with its lock keeps nobody waiting for ever', async () => {
  put('indexedDB', {});
  const locks = {
    request: (_name: string, { signal }: { signal?: AbortSignal }) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))), // never its turn
  };
  put('navigator', { locks });
  AbortSignal.timeout = () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 10);
    return abort.signal;
  };
  assert.equal(await browserOutbox('locks')?.exclusive?.('send', async () => 'sent'), 'sent');
});

test('a database that was closed without a word is opened anew', async () => {
  let opened = 0;
  const kept: unknown[] = [];
  const database = (works: boolean) => ({
    transaction: () => {
      if (!works) throw new DOMException('The database connection is closing.', 'InvalidStateError');
      const transaction = { objectStore: () => ({ put: (row: unknown) => (kept.push(row), {}) }), oncomplete: () => {} };
      return soon(transaction, 'oncomplete');
    },
  });
  put('indexedDB', { open: () => soon({ result: database(++opened > 1), onsuccess: () => {} }, 'onsuccess') });
  await browserOutbox('closed')?.put('ann', { key: 'k', conversationId: 'ann', text: 'Hello', at: 1, private: false, files: [] });
  assert.equal(opened, 2);
  assert.equal(kept.length, 1);
});
