// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store, WatchedStore } from '../src/store.ts';

test('subscribe tells the value at once and after every change; it stops in both ways', () => {
  const store = new Store(1);
  const seen: number[] = [];
  const stop = store.subscribe((value) => seen.push(value));
  store.set(2);
  store.set(2);
  stop();
  store.set(3);
  const observer = store.subscribe({ next: (value) => seen.push(value * 10) });
  store.set(4);
  observer.unsubscribe();
  store.set(5);
  assert.deepEqual(seen, [1, 2, 30, 40]);
  assert.equal(store.getValue(), 5);
  assert.equal(store.get(), 5);
});

test('who is told of a change may make the next one: nobody hears the older one last', () => {
  const store = new Store(0);
  const seen: number[] = [];
  store.onChange(() => store.get() === 1 && store.set(2));
  store.subscribe((value) => seen.push(value));
  store.set(1);
  assert.deepEqual(seen, [0, 2]);
});

test('it is what RxJS-style `from` looks for', () => {
  // the way in which RxJS finds out: Symbol.observable where there is one, else the string
  const key = ((Symbol as { observable?: symbol }).observable ?? '@@observable') as '@@observable';
  const store = new Store('a') as unknown as Record<typeof key, () => Store<string>>;
  const seen: string[] = [];
  const subscription = store[key]().subscribe({ next: (value) => seen.push(value) });
  assert.deepEqual(seen, ['a']);
  assert.equal(typeof subscription.unsubscribe, 'function');
  assert.deepEqual(Object.keys(store).includes('@@observable'), false); // not in anybody's way
});

test('what belongs to the browser is watched only while somebody listens', () => {
  const log: string[] = [];
  const store = new WatchedStore('?', (set) => {
    log.push('start');
    set('now');
    return () => log.push('stop');
  });
  assert.equal(store.get(), '?');
  const first = store.onChange(() => {});
  const second = store.subscribe(() => {});
  assert.equal(store.get(), 'now');
  first();
  first();
  second();
  assert.deepEqual(log, ['start', 'stop']);
});
