// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { keepAwake } from '../src/index.ts';

interface Lock {
  released: boolean;
  release(): Promise<void>;
}

class Page extends EventTarget {
  visibilityState: 'visible' | 'hidden' = 'visible';
  readonly locks: Lock[] = [];
  refuses = false;

  readonly wakeLock = {
    request: async (): Promise<Lock> => {
      await Promise.resolve();
      if (this.refuses) throw new DOMException('low battery', 'NotAllowedError');
      const lock: Lock = { released: false, release: async () => void (lock.released = true) };
      this.locks.push(lock);
      return lock;
    },
  };
  get held(): number {
    return this.locks.filter(({ released }) => !released).length;
  }
  /** As browsers do it: hidden, the lock is gone. */
  async show(visibilityState: 'visible' | 'hidden'): Promise<void> {
    this.visibilityState = visibilityState;
    if (visibilityState === 'hidden') for (const lock of this.locks) lock.released = true;
    this.dispatchEvent(new Event('visibilitychange'));
    await settle();
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const before = (['navigator', 'document'] as const).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);

function setUp(withLocks = true): Page {
  const page = new Page();
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: withLocks ? { wakeLock: page.wakeLock } : {} });
  Object.defineProperty(globalThis, 'document', { configurable: true, value: page });
  return page;
}

afterEach(() => {
  for (const [name, descriptor] of before) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else Reflect.deleteProperty(globalThis, name);
  }
});

test('one lock while it is wanted, and none after', async () => {
  const page = setUp();
  const stop = keepAwake();
  await settle();
  assert.equal(page.held, 1);
  await page.show('visible');
  assert.equal(page.locks.length, 1, 'one is enough');
  stop();
  await settle();
  assert.equal(page.held, 0);
  await page.show('visible');
  assert.equal(page.held, 0, 'nobody listens any more');
});

test('taken again when the page is seen again', async () => {
  const page = setUp();
  const stop = keepAwake();
  await settle();
  await page.show('hidden');
  assert.equal(page.held, 0);
  await page.show('visible');
  assert.equal(page.held, 1);
  stop();
});

test('stopped before it was given: given back', async () => {
  const page = setUp();
  keepAwake()();
  await settle();
  assert.deepEqual([page.locks.length, page.held], [1, 0]);
});

test('refused, or unknown to the browser: nothing happens', async () => {
  const page = setUp();
  page.refuses = true;
  const stop = keepAwake();
  await settle();
  page.refuses = false;
  await page.show('visible');
  assert.equal(page.held, 1, 'it is asked for again');
  stop();
  setUp(false);
  keepAwake()();
});
