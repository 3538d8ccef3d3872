// SPDX-License-Identifier: Apache-2.0
// What was taken back stays taken back, over a restart of the server; and servers that take no guests.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startConfabd } from '../lib/confabd.mjs';
import { Client } from '../lib/client.mjs';
import { at, enterRoom, startWithPeople, validate } from '../lib/people.mjs';

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-revoked-'));
after(() => fs.rmSync(data, { recursive: true, force: true }));

test('who was removed, and who signed out, stays out after a restart', async () => {
	const { daemon, people } = await startWithPeople({ ann: 'user', bob: 'user', cy: 'user' }, { data });
	await people.ann.call('POST', at('default', 'x'), { data: { members: [{ user_id: 'bob' }, { user_id: 'cy' }] } });
	const join = async (who) => (await people[who].call('POST', at('default', 'x', 'join'), {})).body.credentials.token;
	const tokens = { ann: await join('ann'), bob: await join('bob'), cy: await join('cy') };
	const room = await enterRoom(daemon, { body: { credentials: { token: tokens.bob } } });
	await people.ann.call('POST', at('default', 'x', 'kick'), { user_id: 'bob' });
	await room.closed;
	await people.cy.call('POST', '/api/auth/logout', {});
	const doors = async (url) => Promise.all(['ann', 'bob', 'cy'].map((who) => validate({ url }, tokens[who])));
	const before = await doors(daemon.url);
	assert.equal(before[0], 200);
	assert.ok(before[1] >= 400 && before[2] >= 400, String(before));
	await daemon.stop();
	const again = await startConfabd({ data });
	try {
		assert.deepEqual(await doors(again.url), before);
	} finally {
		await again.stop();
	}
});

test('--no-guests: no accounts for whoever asks', async () => {
	const daemon = await startConfabd({ demo: false, args: ['--no-guests'] });
	try {
		const { status, body } = await new Client(daemon.url).call('POST', '/api/v1/guest', { user: { name: 'Passer-by' } });
		assert.deepEqual([status, body.code], [403, 17]);
		assert.match(body.message, /takes no guests\. Ask for an account/);
	} finally {
		await daemon.stop();
	}
});
