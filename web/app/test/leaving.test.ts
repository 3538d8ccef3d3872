// SPDX-License-Identifier: Apache-2.0
/** Who signs out without a connection is signed out when it is back, before anybody is taken for them. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { finishSignOut, signOut } from '../src/leaving.ts';

const kept = new Map<string, string>();
let server: () => Promise<Response>;
const asked: string[] = [];

beforeEach(() => {
  kept.clear();
  asked.length = 0;
  Object.assign(globalThis, {
    localStorage: { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) },
    fetch: (path: string) => (asked.push(path), server()),
  });
});

const away = () => Promise.reject(new TypeError('fetch failed'));
const answer = (status: number) => () => Promise.resolve(new Response('{}', { status }));

test('without a connection it is done later, and until then nobody is asked for', async () => {
  server = away;
  await signOut();
  await assert.rejects(finishSignOut(), { status: 0 });
  server = answer(502); // a proxy before a server that restarts
  await assert.rejects(finishSignOut(), { status: 0 });
  server = answer(200);
  await finishSignOut();
  await finishSignOut();
  assert.deepEqual(asked, Array(4).fill('/api/auth/logout'));
});

test('what was done or refused is not done again', async () => {
  for (const status of [200, 401]) {
    server = answer(status);
    await signOut();
    await finishSignOut();
  }
  assert.equal(asked.length, 2);
});
