// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from '../src/turns.ts';
import { VideoClient, makeToken, makeWorld, ann, refuse, until } from './lib/fakes.ts';

test('so many at once and no more, in their order; one that fails makes room, too', async () => {
  const turns = new Turns(2);
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const all = [0, 1, 2, 3].map((n) =>
    turns.run(() => {
      begun.push(n);
      return new Promise<void>((resolve, reject) => (ends[n] = n === 1 ? () => reject(new Error('no')) : resolve));
    }),
  );
  all[1]?.catch(() => {});
  await until(() => begun.length === 2);
  ends[1]?.();
  await until(() => begun.length === 3);
  assert.deepEqual(begun, [0, 1, 2]);
  ends[0]?.();
  await until(() => begun.length === 4);
  ends[2]?.();
  ends[3]?.();
  assert.deepEqual((await Promise.allSettled(all)).map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  await turns.run(() => Promise.resolve()); // the places are free again
});

test('ten files that are chosen at once all arrive at a server that takes few at a time', async () => {
  const world = makeWorld();
  let now = 0;
  let most = 0;
  let refused = 0;
  const fetch = async (url: string, init: RequestInit) => {
    if (!url.includes('/attachments')) return world.server.fetch(url, init);
    if (++now > 2) {
      now--;
      refused++;
      return new Response(JSON.stringify(refuse(503, 9, 'Too many files are being sent at once.').body), { status: 503, headers: { 'retry-after': '0.01' } });
    }
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, 2));
    now--;
    return new Response(JSON.stringify({ attachment: { id: url } }), { status: 201 });
  };
  const client = new VideoClient({ apiKey: 'key', options: { ...world.options, fetch } });
  await client.connectUser(ann, async () => makeToken('ann'));
  const sent = await Promise.all(Array.from({ length: 10 }, (_, i) => client.chat.attach('ann', new Blob(['x']), `${i}.txt`)));
  assert.equal(new Set(sent.map(({ id }) => id)).size, 10);
  assert.equal(most, 2);
  assert.ok(refused > 0, 'a colleague behind the same address may have the places');
});
