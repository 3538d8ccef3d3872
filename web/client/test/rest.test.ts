// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfabError, TOKEN_NOT_SET } from '../src/index.ts';
import { Rest } from '../src/rest.ts';
import { TokenManager } from '../src/token.ts';
import { makeToken } from './lib/fakes.ts';

/** Answers 429 `times` times, with what Retry-After says, then 200. */
function restThatRefuses(times: number, retryAfter: string | undefined) {
  const asked: number[] = [];
  const fetch = async (): Promise<Response> => {
    asked.push(Date.now());
    const busy = asked.length <= times;
    const headers = new Headers(busy && retryAfter !== undefined ? { 'retry-after': retryAfter } : {});
    return new Response(JSON.stringify(busy ? { code: 9, status_code: 429, message: 'too fast' } : { done: true }), { status: busy ? 429 : 200, headers });
  };
  const tokens = { get: async () => 'token' } as unknown as TokenManager;
  return { asked, rest: new Rest({ baseURL: () => 'http://x', fetch, tokens }) };
}

test('who is too fast waits as long as the server says', async () => {
  const { asked, rest } = restThatRefuses(2, '0.05');
  assert.deepEqual(await rest.post('/x', {}), { done: true });
  assert.equal(asked.length, 3);
  assert.ok((asked[1] as number) - (asked[0] as number) >= 45);
});

test('not without end, not for long, and not unasked', async () => {
  for (const [times, header, expected] of [[9, '0.01', 4], [1, '3600', 1], [1, undefined, 1]] as const) {
    const { asked, rest } = restThatRefuses(times, header);
    await assert.rejects(rest.get('/x'), (error: ConfabError) => error.statusCode === 429 && error.code === 9 && !error.unrecoverable);
    assert.equal(asked.length, expected);
  }
});

test('what one person asked is never asked again with the token of the next', async () => {
  for (const [status, code, headers] of [[429, 9, { 'retry-after': '0.02' }], [401, 40, {}]] as const) {
    const tokens = new TokenManager();
    const signIn = (id: string) => (tokens.set(id, () => makeToken(id)), tokens.load());
    const asked: unknown[] = [];
    const fetch = async (_url: string, { headers: sent }: RequestInit): Promise<Response> => {
      asked.push((sent as Record<string, string>)['Authorization']);
      await signIn('tom');
      return new Response(JSON.stringify({ code, status_code: status, message: 'not now' }), { status, headers });
    };
    const ann = await signIn('ann');
    await assert.rejects(new Rest({ baseURL: () => 'http://x', fetch, tokens }).post('/x', {}), { message: TOKEN_NOT_SET });
    assert.deepEqual(asked, [`Bearer ${ann}`]);
  }
});

test('an answer that breaks off is a lost connection, one that is no JSON is an answer', async () => {
  const tokens = { get: async () => 'token' } as unknown as TokenManager;
  const ask = (body: BodyInit) => new Rest({ baseURL: () => 'http://x', fetch: async () => new Response(body), tokens }).get('/x');
  const broken = new ReadableStream({ pull: (stream) => stream.error(new TypeError('terminated')) });
  await assert.rejects(ask(broken), { message: 'The server could not be reached.', statusCode: 0 });
  await assert.rejects(ask('<html>'), { message: "The server's answer is not JSON.", statusCode: 200 });
});
