// SPDX-License-Identifier: Apache-2.0
/** client.moderation, the export, slow mode: one request per method, and what the person is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfabError, banNotice, refusedWord } from '../src/index.ts';
import { VideoClient, ann, makeToken, makeWorld, refuse } from './lib/fakes.ts';

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

test('bans, ban, unban', async () => {
  const ban = { user_id: 'tom', reason: 'Spam', by_user_id: 'ann', created_at: '2026-01-01T00:00:00.000Z', until: null };
  const { client, asked } = await setUp({ 'GET /api/v1/bans': { bans: [ban] }, 'PUT /api/v1/bans/tom': {}, 'DELETE /api/v1/bans/tom': {} });
  assert.deepEqual(await client.moderation.bans(), [ban]);
  await client.moderation.ban('tom');
  await client.moderation.ban('tom', { reason: 'Spam', seconds: 60 });
  await client.moderation.unban('tom');
  assert.deepEqual(asked, ['GET /api/v1/bans', 'PUT /api/v1/bans/tom', 'PUT /api/v1/bans/tom {"reason":"Spam","seconds":60}', 'DELETE /api/v1/bans/tom']);
});

test('deleteUser: by default softly', async () => {
  const { client, asked } = await setUp({ 'DELETE /api/v1/users/tom': {} });
  await client.moderation.deleteUser('tom');
  await client.moderation.deleteUser('tom', 'hard');
  assert.deepEqual(asked, ['DELETE /api/v1/users/tom?mode=soft', 'DELETE /api/v1/users/tom?mode=hard']);
});

test('blocks, block, unblock', async () => {
  const block = { user: { id: 'tom', name: 'Tom', role: 'user' }, created_at: '2026-01-01T00:00:00.000Z' };
  const { client, asked } = await setUp({ 'GET /api/v1/blocks': { blocks: [block] }, 'PUT /api/v1/blocks/tom': {}, 'DELETE /api/v1/blocks/tom': {} });
  assert.deepEqual(await client.moderation.blocks(), [block]);
  await client.moderation.block('tom');
  await client.moderation.unblock('tom');
  assert.deepEqual(asked, ['GET /api/v1/blocks', 'PUT /api/v1/blocks/tom', 'DELETE /api/v1/blocks/tom']);
});

test('report, reports, openReports, closeReports', async () => {
  const { client, asked } = await setUp({
    'POST /api/v1/conversations/group.lunch/messages/7/report': { created: true },
    'GET /api/v1/reports': { reported: [], open: 2 },
    'POST /api/v1/reports/7/close': { deleted: true },
  });
  assert.equal(await client.moderation.report('group.lunch', 7), true);
  await client.moderation.report('group.lunch', 7, 'Rude');
  assert.deepEqual(await client.moderation.reports(), { reported: [], open: 2 });
  assert.equal(await client.moderation.openReports(), 2);
  await client.moderation.closeReports(7);
  await client.moderation.closeReports(7, { deleteMessage: true });
  const [report, list, close] = ['POST /api/v1/conversations/group.lunch/messages/7/report', 'GET /api/v1/reports', 'POST /api/v1/reports/7/close'];
  assert.deepEqual(asked, [report, `${report} {"reason":"Rude"}`, list, `${list}?count=only`, close, `${close} {"delete_message":true}`]);
});

test('words, setWords, and the word that a message was refused for', async () => {
  const words = { refuse: ['fool'], report: ['refund'] };
  const { client, asked } = await setUp({ 'GET /api/v1/words': words, 'PUT /api/v1/words': words });
  assert.deepEqual(await client.moderation.words(), words);
  assert.deepEqual(await client.moderation.setWords(words), words);
  assert.deepEqual(asked, ['GET /api/v1/words', `PUT /api/v1/words ${JSON.stringify(words)}`]);
  const refusal = (message: string, code: number) => new ConfabError(message, { code, statusCode: 400 });
  assert.equal(refusedWord(refusal("The word 'Straße' is on the team's list; leave it out.", 73)), 'Straße');
  for (const other of [undefined, null, 'x', refusal("The word 'x' is on the team's list; leave it out.", 4), refusal('`text` is empty', 73)]) assert.equal(refusedWord(other), undefined);
});

test('export gives the file as it is', async () => {
  const { client, asked } = await setUp({ 'GET /api/v1/conversations/ann/export': { messages: [] } });
  assert.equal(await (await client.chat.export('ann')).text(), '{"messages":[]}');
  assert.equal(await (await client.channel('support', 'ann').export('html')).text(), '{"messages":[]}');
  assert.deepEqual(asked, ['GET /api/v1/conversations/ann/export?format=json', 'GET /api/v1/conversations/ann/export?format=html']);
  await assert.rejects(client.chat.export('tom'), (error: ConfabError) => error.code === 16 && error.statusCode === 404);
});

test('slow mode: set and known, and who is too early is told at once', async () => {
  const channel = {
    id: 'group.lunch', type: 'group', name: 'Lunch', created_by: 'ann', slow_mode_s: 30, created_at: '2026-01-01T00:00:00.000Z',
    members: [{ user: ann, role: 'owner', joined_at: '2026-01-01T00:00:00.000Z' }], member_count: 1,
  };
  const { client, asked, server } = await setUp({ 'PATCH /api/v1/channels/group.lunch': { channel } });
  const lunch = client.channel('group', 'lunch');
  await lunch.update({ slowMode: 30 });
  assert.equal(lunch.state.slowMode, 30);
  assert.deepEqual(asked, ['PATCH /api/v1/channels/group.lunch {"slow_mode_s":30}']);
  let tries = 0;
  server.routes['POST /api/v1/conversations/group.lunch/messages'] = () => {
    tries++;
    return { ...refuse(429, 60, 'This group is in slow mode; your next message can go in 7 seconds.'), headers: { 'retry-after': '7' } };
  };
  await assert.rejects(lunch.sendMessage('again'), (error: ConfabError) => error.code === 60 && error.retryAfter === 7);
  assert.equal(tries, 1);
  assert.deepEqual(lunch.state.messages.map(({ delivery, error }) => [delivery, error?.code]), [['failed', 60]]);
});

test('what a banned person is told, taken apart', () => {
  const refusal = (message: string, code = 17) => new ConfabError(message, { code, statusCode: 403 });
  assert.deepEqual(banNotice(refusal('This account is banned.')), { until: undefined, reason: '' });
  assert.deepEqual(banNotice(refusal('This account is banned: Spam: again')), { until: undefined, reason: 'Spam: again' });
  assert.deepEqual(banNotice(refusal('This account is banned until 2026-02-03 04:05 UTC.')), { until: new Date('2026-02-03T04:05:00Z'), reason: '' });
  assert.deepEqual(banNotice(refusal('This account is banned until 2026-02-03 04:05 UTC: Rude')), { until: new Date('2026-02-03T04:05:00Z'), reason: 'Rude' });
  assert.deepEqual(banNotice({ message: 'This account is banned: x' }), { until: undefined, reason: 'x' });
  for (const other of [undefined, null, 'x', refusal('Guests are switched off.'), refusal('This account is banned.', 9), new Error('x')]) assert.equal(banNotice(other), undefined);
});
