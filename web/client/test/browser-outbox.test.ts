// SPDX-License-Identifier: Apache-2.0
/** What waits in the browser, where the browser is difficult. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { browserOutbox } from '../src/chat/browser-outbox.ts';

const before = {
  navigator: Object.getOwnPropertyDescriptor(globalThis, 'navigator'),
  BroadcastChannel: globalThis.BroadcastChannel,
  setInterval: globalThis.setInterval,
};
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'indexedDB');
  put('BroadcastChannel', before.BroadcastChannel);
  put('setInterval', before.setInterval);
  if (before.navigator) Object.defineProperty(globalThis, 'navigator', before.navigator);
  else Reflect.deleteProperty(globalThis, 'navigator');
});

const put = (name: string, value: unknown) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

/** Calls back a little later, as every request of IndexedDB does. */
function soon<T extends object>(request: T, name: keyof T): T {
  setTimeout(() => (request[name] as unknown as () => void)(), 0);
  return request;
}

/** Tabs that hear each other; time goes a thousand times faster. */
function putTabs(): void {
  const all = new Set<EventTarget>();
  put('BroadcastChannel', class extends EventTarget {
    constructor() {
      super();
      all.add(this);
    }
    postMessage(data: unknown) {
      for (const other of all) if (other !== this) other.dispatchEvent(new MessageEvent('message', { data }));
    }
  });
  put('setInterval', (listener: () => void, ms: number) => before.setInterval(listener, ms / 1000));
}

test('a tab that uploads for longer is waited for', async () => {
  put('indexedDB', {});
  putTabs();
  let free: () => void = () => {};
  const held = new Promise<void>((resolve) => (free = resolve));
  let asked = 0;
  const locks = {
    request: async (_name: string, { signal }: { signal: AbortSignal }, work: () => Promise<unknown>) => {
      if (asked++ > 0) await Promise.race([held, new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))]);
      return work();
    },
  };
  put('navigator', { locks });
  const order: string[] = [];
  const first = browserOutbox('tabs')?.exclusive?.('send', async () => {
    await new Promise((resolve) => setTimeout(resolve, 200)); // over three minutes, as the others count
    order.push('first');
    free();
  });
  const second = browserOutbox('tabs')?.exclusive?.('send', async () => void order.push('second'));
  await Promise.all([first, second]);
  assert.deepEqual(order, ['first', 'second']);
});

test('a tab that sleeps with its lock keeps nobody waiting for ever', async () => {
  put('indexedDB', {});
  putTabs();
  const locks = {
    request: (_name: string, { signal }: { signal?: AbortSignal }) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))), // never its turn
  };
  put('navigator', { locks });
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
