// SPDX-License-Identifier: Apache-2.0
// R25: another key pair. What was signed with the one before is void at once, there is no overlap; sign-ins stay, so that each page
// gets itself a new token and goes on.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { at, enterRoom, startWithPeople, validate } from '../lib/people.mjs';

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-keys-'));
after(() => fs.rmSync(data, { recursive: true, force: true }));

const SECRET = 'another-secret-that-is-long-enough-0123456789';

test('after a change of the secret old tokens are void, sign-ins are not, and calls are joined anew', async () => {
	const { daemon, people } = await startWithPeople({ ann: 'user' }, { data });
	const { ann } = people;
	const join = async (client) => (await client.call('POST', at('default', 'x', 'join'), { create: true })).body.credentials.token;
	const tokenOf = async (client) => (await client.call('POST', '/api/video-call/token', { userId: 'ann' })).body.token;
	const old = { user: await tokenOf(ann), media: await join(ann) };
	await daemon.stop();

	const again = await startConfabd({ data, env: { CONFAB_API_SECRET: SECRET } });
	try {
		const sdk = new Client(again.url);
		const refused = async (token) => (await sdk.call('GET', '/api/v1/conversations', undefined, { authorization: `Bearer ${token}` })).body.code;
		assert.equal(await refused(old.user), 43);
		assert.equal(await refused(sign({ user_id: 'ann', iat: now() - 5, exp: now() + 60 })), 43); // whoever still has the old one
		assert.ok((await validate(again, old.media)) === 401);
		const page = new Client(again.url);
		page.cookie = ann.cookie;
		assert.equal((await page.call('GET', '/api/auth/session')).body.user.id, 'ann');
		assert.equal(await refused(await tokenOf(page)), undefined);
		const { socket } = await enterRoom(again, { body: { credentials: { token: await join(page) } } });
		socket.close();
	} finally {
		await again.stop();
	}
});
