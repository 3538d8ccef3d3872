// SPDX-License-Identifier: Apache-2.0
// How much room files may take: a person's, all, and what they leave free on the disk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { checkAnswer } from '../lib/contract.mjs';
import { addPerson, startWithPeople } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';

const KB = 1000;
async function upload(client, to, size) {
	const answer = await fetch(`${client.base}/api/v1/conversations/${to}/attachments`, {
		method: 'POST', headers: { 'content-type': 'application/octet-stream', cookie: client.cookie }, body: Buffer.alloc(size, 7),
	});
	const body = await answer.json();
	checkAnswer('POST', `/api/v1/conversations/${to}/attachments`, answer.status, body);
	return { status: answer.status, body, id: body.attachment?.id };
}
const send = (client, to, attachments) => client.call('POST', `/api/v1/conversations/${to}/messages`, { text: '', client_id: `c${Math.random()}`, attachments });
const metric = async (daemon, name) => Number((await (await fetch(`${daemon.url}/metrics`)).text()).match(new RegExp(`^confab_${name} (.*)$`, 'm'))?.[1]);

test('a person has a limit, all have one, and what is deleted makes room', async () => {
	const { daemon, people: { ann, bob, boss } } = await startWithPeople({ ann: 'user', bob: 'user', boss: 'admin' }, { args: ['--storage-per-person', '1', '--storage-total', '2', '--disk-floor', '0'] });
	try {
		const first = await upload(ann, 'ann', 600 * KB);
		assert.equal(first.status, 201);
		const { message } = (await send(ann, 'ann', [first.id])).body;
		const refused = await upload(ann, 'ann', 500 * KB);
		assert.deepEqual([refused.status, refused.body.code], [413, 22]);
		assert.match(refused.body.message, /0\.6 MB of 1\.0 MB.*0\.5 MB.*--storage-per-person/);

		// several at once do not get past it together
		const raced = await Promise.all([1, 2, 3, 4].map(() => upload(ann, 'ann', 300 * KB)));
		assert.deepEqual(raced.map(({ status }) => status).sort(), [201, 413, 413, 413]);

		assert.equal((await ann.call('DELETE', `/api/v1/conversations/ann/messages/${message.id}`, {})).status, 200);
		assert.equal((await upload(ann, 'ann', 600 * KB)).status, 201, 'the room is free at once');

		// 0.9 of 2 MB are taken: the team's count as everybody's
		assert.equal((await upload(bob, 'bob', 950 * KB)).status, 201);
		const full = await upload(boss, 'ann', 200 * KB);
		assert.deepEqual([full.status, full.body.code], [507, -1]);
		assert.match(full.body.message, /1\.9 MB of 2\.0 MB.*0\.2 MB.*--storage-total/);
		assert.equal((await send(boss, 'ann', [])).status, 400);
		assert.equal((await boss.call('POST', '/api/v1/conversations/ann/messages', { text: 'words go on', client_id: 'w' })).status, 201);

		const { files } = (await boss.call('GET', '/api/v1/operator/server')).body;
		assert.deepEqual(files, { count: 3, bytes: 1850 * KB, limit_bytes: 2e6, person_limit_bytes: 1e6, disk_floor_bytes: 0 });
		await until('the figure', () => metric(daemon, 'files_bytes'), (bytes) => bytes === 1850 * KB);
		assert.ok(await metric(daemon, 'files_refused_total') >= 3);
	} finally {
		await daemon.stop();
	}
});

test('a guest has a quarter', async () => {
	const { daemon, people } = await startWithPeople({ boss: 'admin' }, { args: ['--storage-per-person', '1', '--disk-floor', '0'] });
	try {
		const { body } = await new Client(daemon.url).call('POST', '/api/v1/guest', { user: { name: 'Passer-by' } });
		const made = await people.boss.call('POST', '/api/v1/channels', { type: 'group', id: 'party', name: 'Party', members: [body.user.id] });
		assert.equal(made.status, 201, JSON.stringify(made.body));
		const put = (size) => fetch(`${daemon.url}/api/v1/conversations/group.party/attachments`, {
			method: 'POST', headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${body.token}` }, body: Buffer.alloc(size, 7),
		}).then((answer) => answer.status);
		assert.deepEqual([await put(200 * KB), await put(100 * KB), await put(50 * KB)], [201, 413, 201]);
	} finally {
		await daemon.stop();
	}
});

test('files leave the disk some room: refused, the team is told, messages go on', async () => {
	const { daemon } = await startWithPeople({}, { args: ['--disk-floor', '999999999'] });
	try {
		const [ann, boss] = [await addPerson(daemon, 'ann'), await addPerson(daemon, 'boss', 'admin')];
		const team = await boss.events();
		const refused = await upload(ann, 'ann', 10);
		assert.deepEqual([refused.status, refused.body.code], [507, -1]);
		assert.match(refused.body.message, /disk has \d+ MB left.*999999999 MB free/);
		assert.deepEqual((await team.next('server.warnings')).warnings, [{ kind: 'disk_low' }]);
		assert.equal((await ann.call('POST', '/api/v1/conversations/ann/messages', { text: 'words go on', client_id: 'w' })).status, 201);
		assert.equal((await boss.call('GET', '/api/v1/operator/server')).body.files.disk_floor_bytes, 999999999e6);
		await team.close();
	} finally {
		await daemon.stop();
	}
});
