// SPDX-License-Identifier: Apache-2.0
/** client.support: one request per method, as api/openapi.yaml has it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatStore } from '../src/index.ts';
import { VideoClient, ann, makeToken, makeWorld, refuse, type Route } from './lib/fakes.ts';

async function setUp(answers: Record<string, unknown>) {
  const world = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  await client.connectUser(ann, async () => makeToken('ann'));
  const asked: string[] = [];
  for (const [route, body] of Object.entries(answers)) {
    world.server.routes[route] = ({ method, path, body: sent }) => {
      asked.push(`${method} ${path}${Object.keys(sent).length ? ` ${JSON.stringify(sent)}` : ''}`);
      return { status: 200, body };
    };
  }
  return { client, asked, server: world.server };
}

const label = { id: 3, name: 'Refund', color: '#c62a33' };
const reply = { id: 4, shortcut: 'hello', text: 'Hello {name}!' };

test('client.support: labels, saveLabel, deleteLabel', async () => {
  const routes = ['GET /api/v1/labels', 'POST /api/v1/labels', 'PATCH /api/v1/labels/3', 'DELETE /api/v1/labels/3'];
  const { client, asked } = await setUp(Object.fromEntries(routes.map((route) => [route, { labels: [label] }])));
  assert.deepEqual(await client.support.labels(), [label]);
  assert.deepEqual(await client.support.saveLabel({ name: 'Refund', color: '#c62a33' }), [label]);
  await client.support.saveLabel(label);
  await client.support.deleteLabel(3);
  const body = '{"name":"Refund","color":"#c62a33"}';
  assert.deepEqual(asked, [routes[0], `${routes[1]} ${body}`, `${routes[2]} ${body}`, routes[3]]);
});

test('client.support: cannedReplies, saveCannedReply, deleteCannedReply', async () => {
  const routes = ['GET /api/v1/canned', 'POST /api/v1/canned', 'PATCH /api/v1/canned/4', 'DELETE /api/v1/canned/4'];
  const { client, asked } = await setUp(Object.fromEntries(routes.map((route) => [route, { canned: [reply] }])));
  assert.deepEqual(await client.support.cannedReplies(), [reply]);
  await client.support.saveCannedReply({ shortcut: 'hello', text: 'Hello {name}!' });
  await client.support.saveCannedReply(reply);
  assert.deepEqual(await client.support.deleteCannedReply(4), [reply]);
  const body = '{"shortcut":"hello","text":"Hello {name}!"}';
  assert.deepEqual(asked, [routes[0], `${routes[1]} ${body}`, `${routes[2]} ${body}`, routes[3]]);
});

test('client.support.mergeCustomers: who stays, and who is gone', async () => {
  const { client, asked } = await setUp({ 'POST /api/v1/customers/ann/merge': { customer: { message_count: 3 } } });
  assert.deepEqual(await client.support.mergeCustomers('ann', 'visitor-x'), { message_count: 3 });
  assert.deepEqual(asked, ['POST /api/v1/customers/ann/merge {"other":"visitor-x"}']);
});

test('client.support: customer, noteCustomer, viewing, rate, seen', async () => {
  const { client, asked } = await setUp({
    'GET /api/v1/customers/ann': { customer: { notes: '' } },
    'PATCH /api/v1/customers/ann': { customer: { notes: 'x' } },
    'POST /api/v1/conversations/ann/viewing': {},
    'POST /api/v1/conversations/ann/rating': { support: { status: 'resolved' } },
    'POST /api/v1/seen': {},
  });
  assert.deepEqual(await client.support.customer('ann'), { notes: '' });
  assert.deepEqual(await client.support.noteCustomer('ann', 'x'), { notes: 'x' });
  await client.support.viewing('ann', true);
  assert.deepEqual(await client.support.rate('ann', 5, 4, 'Quick!'), { status: 'resolved' });
  await client.support.seen({ page: `https://x.example/${'y'.repeat(500)}`, title: 'Cart', language: 'de', timeZone: 'UTC' });
  assert.deepEqual(asked, [
    'GET /api/v1/customers/ann',
    'PATCH /api/v1/customers/ann {"notes":"x"}',
    'POST /api/v1/conversations/ann/viewing {"viewing":true}',
    'POST /api/v1/conversations/ann/rating {"question":5,"rating":4,"comment":"Quick!"}',
    'POST /api/v1/seen {"title":"Cart","language":"de","time_zone":"UTC"}', // an address that is too long is not sent
  ]);
});

test('client.support: hours, setHours, figures, audit', async () => {
  const { client, asked } = await setUp({
    'GET /api/v1/support/hours': { hours: { enabled: false } },
    'PUT /api/v1/support/hours': { hours: { enabled: true } },
    'GET /api/v1/support/figures': { open: 2 },
    'GET /api/v1/audit': { audit: [], has_more: false },
  });
  const hours = await client.support.hours();
  assert.deepEqual(await client.support.setHours({ ...hours, enabled: true }), { enabled: true });
  assert.deepEqual(await client.support.figures(7), { open: 2 });
  assert.deepEqual(await client.support.audit({ before: 9, limit: 2, actor: 'eva', action: 'label' }), { audit: [], has_more: false });
  assert.deepEqual(asked, [
    'GET /api/v1/support/hours',
    'PUT /api/v1/support/hours {"enabled":true}',
    'GET /api/v1/support/figures?days=7',
    'GET /api/v1/audit?limit=2&before=9&actor=eva&action=label',
  ]);
});

test('client.support.changeMany: one request, each with its own change', async () => {
  const results = [{ id: 'ann', support: { status: 'resolved' } }, { id: 'bob', error: { code: 16, status_code: 404, message: 'There is no …' } }];
  const { client, asked } = await setUp({ 'PATCH /api/v1/conversations': { results } });
  const until = new Date('2026-02-01T09:00:00Z');
  assert.deepEqual(await client.support.changeMany([{ id: 'ann', status: 'resolved', addLabels: [3] }, { id: 'bob', status: 'snoozed', until, removeLabels: [4], assignee: null }]), results);
  const changes = [{ id: 'ann', status: 'resolved', add_labels: [3] }, { id: 'bob', status: 'snoozed', snoozed_until: '2026-02-01T09:00:00.000Z', assignee_id: null, remove_labels: [4] }];
  assert.deepEqual(asked, [`PATCH /api/v1/conversations ${JSON.stringify({ changes })}`]);
});

test('ChatStore.changeMany: any number, by the hundred; what a request that failed was to change is said to have failed', async () => {
  const { client, server } = await setUp({});
  const store = new ChatStore(client, ann);
  const changes = Array.from({ length: 250 }, (_, i) => ({ id: `u${i}`, status: 'open' as const }));
  const asked: number[] = [];
  const take: Route = ({ body }) => {
    const { changes: portion } = body as { changes: { id: string }[] };
    asked.push(portion.length);
    return { status: 200, body: { results: portion.map(({ id }) => ({ id, support: { status: 'open' } })) } };
  };
  server.routes['PATCH /api/v1/conversations'] = take;
  assert.deepEqual((await store.changeMany(changes)).map(({ id }) => id), changes.map(({ id }) => id));
  assert.deepEqual(asked, [100, 100, 50]);
  let portion = 0;
  server.routes['PATCH /api/v1/conversations'] = (request) => (++portion === 2 ? refuse(503, 61, 'not now') : take(request));
  const results = await store.changeMany(changes);
  assert.deepEqual(results.filter(({ error }) => error).map(({ id, error }) => [id, error?.code]), changes.slice(100, 200).map(({ id }) => [id, 61]));
  server.routes['PATCH /api/v1/conversations'] = () => refuse(403, 17, 'no');
  await assert.rejects(store.changeMany(changes), { code: 17 });
});
