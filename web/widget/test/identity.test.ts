// SPDX-License-Identifier: Apache-2.0
/** Who the widget says it is, and what it keeps, against a server of the test's making. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Identity, Refused } from '../src/identity.ts';
import { Memory } from '../src/memory.ts';

const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

/** Answers in order; what was asked is kept. */
function server(...answers: (object | number)[]): unknown[] {
  const asked: unknown[] = [];
  globalThis.fetch = (async (_url: string, init: RequestInit) => {
    asked.push(JSON.parse(String(init.body)));
    assert.equal(init.credentials, 'omit', 'no cookie goes along');
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError('no network');
    if (typeof answer === 'number') return new Response(JSON.stringify({ message: 'no' }), { status: answer });
    return new Response(JSON.stringify(answer), { status: 200 });
  }) as typeof fetch;
  return asked;
}
const ann = { user: { id: 'visitor-1', name: 'Visitor 1', role: 'user' }, token: 't', key: 'k' };
const identity = (memory = new Memory('test ')) => ({ memory, who: new Identity('https://chat.example', memory, undefined) });

test('somebody new is made when that is wanted, and comes back', async () => {
  const { who } = identity();
  const asked = server(ann, { ...ann, token: 'later' });
  assert.equal(await who.session(false), undefined);
  assert.equal(who.known, false);
  assert.equal((await who.session(true))?.token, 't');
  assert.equal(who.known, true);
  assert.equal((await who.session(false))?.token, 'later');
  assert.deepEqual(asked, [{ visitor: {} }, { visitor: { id: 'visitor-1', key: 'k' } }]);
});

test('a key that the server no longer takes is forgotten; an unreachable server forgets nothing', async () => {
  const { who, memory } = identity();
  server(ann);
  await who.session(true);
  server();
  await assert.rejects(who.session(true), TypeError);
  assert.ok(memory.read('visitor'));
  server(503);
  await assert.rejects(who.session(true), (error: Error) => !(error instanceof Refused));
  assert.ok(memory.read('visitor'));
  const asked = server(403, { ...ann, user: { ...ann.user, id: 'visitor-2' } });
  assert.equal((await who.session(true))?.user.id, 'visitor-2');
  assert.equal(asked.length, 2);
});

test("a customer's wrong hash is refused and makes no visitor", async () => {
  const { who } = identity();
  who.customer = { id: 'ann', hash: 'wrong' };
  const asked = server(403);
  await assert.rejects(who.session(true), Refused);
  assert.deepEqual(asked, [{ customer: { id: 'ann', hash: 'wrong' } }]);
});

test('nonsense in the browser’s storage is nothing', async () => {
  const memory = new Memory('nonsense ');
  for (const kept of ['x', 7, { id: 5, key: 'k' }, { id: 'a' }, null, []]) {
    memory.write('visitor', kept);
    assert.equal(identity(memory).who.known, false, JSON.stringify(kept));
  }
});

test('signing out leaves nothing', async () => {
  const { who, memory } = identity();
  server(ann);
  await who.session(true);
  who.forget();
  assert.equal(memory.read('visitor'), undefined);
  assert.equal(who.known, false);
});
