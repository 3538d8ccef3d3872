// SPDX-License-Identifier: Apache-2.0
/** client.chat, client.operator, client.support: one request per method, as api/openapi.yaml has it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VideoClient, ann, makeToken, makeWorld, refuse, until } from './lib/fakes.ts';

const attachment = { id: 'f1', name: 'a.txt', mime_type: 'text/plain', size: 3, url: '/files/f1/a.txt' };

async function setUp() {
  const world = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  await client.connectUser(ann, async () => makeToken('ann'));
  const asked: string[] = [];
  return {
    client,
    world,
    asked,
    answer(route: string, body: unknown) {
      world.server.routes[route] = ({ method, path, body: sent }) => {
        asked.push(`${method} ${path}${Object.keys(sent).length ? ` ${JSON.stringify(sent)}` : ''}`);
        return { status: 200, body };
      };
    },
    refuseAll(route: string) {
      world.server.routes[route] = () => refuse(403, 17, 'Only admins may do this.');
    },
  };
}

test('client.chat: edit, delete, react', async () => {
  const { client, asked, answer } = await setUp();
  const message = { id: 7, text: 'new' };
  const path = '/api/v1/conversations/ann/messages/7';
  answer(`PATCH ${path}`, { message });
  answer(`DELETE ${path}`, { message });
  answer(`POST ${path}/reactions`, { message });
  answer(`DELETE ${path}/reactions/%F0%9F%91%8D`, { message });
  assert.deepEqual(await client.chat.edit('ann', 7, 'new'), message);
  await client.chat.delete('ann', 7);
  await client.chat.react('ann', 7, '👍');
  await client.chat.react('ann', 7, '👍', false);
  assert.deepEqual(asked, [
    `PATCH ${path} {"text":"new"}`, `DELETE ${path}`, `POST ${path}/reactions {"type":"👍"}`, `DELETE ${path}/reactions/%F0%9F%91%8D`,
  ]);
});

test('client.chat: search, markRead, markDelivered, typing', async () => {
  const { client, asked, answer } = await setUp();
  answer('GET /api/v1/search', { messages: [], has_more: false });
  for (const what of ['read', 'delivered']) answer(`POST /api/v1/conversations/ann/${what}`, { read: { user_id: 'ann' } });
  answer('POST /api/v1/conversations/ann/typing', {});
  assert.deepEqual(await client.chat.search('two words', 'ann'), { messages: [], has_more: false });
  answer('POST /api/v1/conversations/ann/unread', { unread: 1 });
  assert.deepEqual(await client.chat.markRead('ann', 5), { user_id: 'ann' });
  assert.deepEqual(await client.chat.markUnread('ann', 5), { unread: 1 });
  await client.chat.markDelivered('ann', 6);
  await client.chat.typing('ann', true);
  assert.deepEqual(asked, [
    'GET /api/v1/search?q=two+words&conversation=ann',
    'POST /api/v1/conversations/ann/read {"message_id":5}',
    'POST /api/v1/conversations/ann/unread {"message_id":5}',
    'POST /api/v1/conversations/ann/delivered {"message_id":6}',
    'POST /api/v1/conversations/ann/typing {"typing":true}',
  ]);
});

test('client.chat: attach sends the bytes, and urlOf says where they are', async () => {
  const world = makeWorld();
  const sent: [string, unknown][] = [];
  const fetch = (url: string, init: RequestInit): Promise<Response> => {
    if (!url.includes('/attachments')) return world.server.fetch(url, init);
    sent.push([url, init.body]);
    return Promise.resolve(new Response(JSON.stringify({ attachment }), { status: 201 }));
  };
  const client = new VideoClient({ apiKey: 'key', options: { ...world.options, fetch } });
  await client.connectUser(ann, async () => makeToken('ann'));
  const file = new Blob(['abc']);
  assert.deepEqual(await client.chat.attach('ann', file, 'a b.txt'), attachment);
  assert.deepEqual(sent, [['http://test/api/v1/conversations/ann/attachments?name=a+b.txt', file]]);
  assert.equal(client.chat.urlOf(attachment), 'http://test/files/f1/a.txt');
});

test('client.operator.warnings: with connection.ok, by event, gone with the connection they came with', async () => {
  const { client, world } = await setUp();
  const disk = { kind: 'disk_full' };
  assert.deepEqual(client.operator.warnings, []);
  const seen: unknown[] = [];
  const stop = client.operator.warnings$.subscribe((warnings) => seen.push(warnings));
  world.server.socket.emit({ type: 'server.warnings', warnings: [disk] });
  assert.deepEqual(client.operator.warnings, [disk]);
  world.server.warnings = [{ kind: 'disk_read_only' }];
  world.server.socket.end(1006);
  await until(() => client.operator.warnings[0]?.kind === 'disk_read_only');
  delete world.server.warnings;
  world.server.socket.end(1006); // it is over when the socket comes back without a word of it
  await until(() => client.operator.warnings.length === 0);
  stop();
  assert.deepEqual(seen, [[], [disk], [{ kind: 'disk_read_only' }], []]);
  world.server.socket.emit({ type: 'server.warnings', warnings: [disk] });
  await client.disconnectUser();
  assert.deepEqual(client.operator.warnings, []);
});

test('client.operator: calls, history and problems; refused to who is no admin', async () => {
  const { client, asked, answer, refuseAll } = await setUp();
  answer('GET /api/v1/operator/calls', { calls: [{ cid: 'default:x' }], private: { calls: 1, participants: 2 } });
  answer('GET /api/v1/operator/history', { cards: [{ cid: 'default:x' }] });
  answer('GET /api/v1/operator/problems', { problems: [{ topic: 'store' }] });
  assert.deepEqual(await client.operator.calls(), [{ cid: 'default:x' }]);
  assert.deepEqual((await client.operator.live()).private, { calls: 1, participants: 2 });
  assert.deepEqual(await client.operator.history({ conversation: 'ann', limit: 5 }), [{ cid: 'default:x' }]);
  assert.deepEqual(await client.operator.problems(), [{ topic: 'store' }]);
  answer('GET /api/v1/operator/server', { version: '1' });
  assert.deepEqual(await client.operator.server(), { version: '1' });
  assert.deepEqual(asked, ['GET /api/v1/operator/calls', 'GET /api/v1/operator/calls', 'GET /api/v1/operator/history?limit=5&conversation=ann', 'GET /api/v1/operator/problems', 'GET /api/v1/operator/server']);
  asked.length = 0;
  const delivery = { id: 'EV_1', state: 'waiting' };
  answer('GET /api/v1/operator/webhooks', { webhooks: [{ id: 'events-1', deliveries: [] }] });
  answer('POST /api/v1/operator/webhooks/events-1/test', { delivery });
  answer('POST /api/v1/operator/webhooks/events-1/deliveries/EV_1/again', { delivery });
  assert.deepEqual(await client.operator.webhooks(), [{ id: 'events-1', deliveries: [] }]);
  assert.deepEqual(await client.operator.testWebhook('events-1'), delivery);
  assert.deepEqual(await client.operator.repeatDelivery('events-1', 'EV_1'), delivery);
  assert.deepEqual(asked, ['GET /api/v1/operator/webhooks?limit=50', 'POST /api/v1/operator/webhooks/events-1/test', 'POST /api/v1/operator/webhooks/events-1/deliveries/EV_1/again']);
  refuseAll('GET /api/v1/operator/calls');
  await assert.rejects(client.operator.calls(), { code: 17, statusCode: 403 });
});

test('client.support: change and team', async () => {
  const { client, asked, answer } = await setUp();
  answer('PATCH /api/v1/conversations/ann', { support: { status: 'closed' } });
  answer('GET /api/v1/team', { team: [{ id: 'tom' }] });
  await client.support.change('ann', { assignee: null, labels: [1, 2] });
  assert.deepEqual(await client.support.team(), [{ id: 'tom' }]);
  assert.deepEqual(asked, ['PATCH /api/v1/conversations/ann {"assignee_id":null,"labels":[1,2]}', 'GET /api/v1/team']);
});
