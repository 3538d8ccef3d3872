// SPDX-License-Identifier: Apache-2.0
// The tour's part among colleagues: direct messages and groups.
import assert from 'node:assert/strict';
import { chooseConversation, incoming, say } from '../app.mjs';
import { until } from '../browser.mjs';
import { addPerson } from '../people.mjs';

const TEAM = { eva: 'Eva Lind', noor: 'Noor Haddad', yara: 'يارا حداد' };

export async function colleagues(daemon, admin, stop) {
	const { page } = admin;
	const sections = page.getByRole('group', { name: 'Whom you write with' });
	await sections.getByRole('button', { name: 'Colleagues' }).click();
	await page.getByText('Nothing with colleagues yet').waitFor();
	await stop('colleagues-empty', page);
	const team = {};
	for (const [id, name] of Object.entries(TEAM)) team[id] = await addPerson(daemon, id, 'admin', name);
	await page.reload(); // who is of the team is asked once
	await sections.getByRole('button', { name: 'Colleagues' }).click();
	await page.getByRole('button', { name: 'New message', exact: true }).click();
	await page.getByRole('button', { name: /Noor Haddad/ }).waitFor();
	await stop('colleagues-new-message', page);
	await page.getByRole('button', { name: /Noor Haddad/ }).click();
	await page.getByRole('heading', { name: 'Noor Haddad' }).waitFor();
	await stop('colleagues-direct-empty', page);
	await page.getByRole('button', { name: 'New group' }).click();
	await page.getByRole('textbox', { name: 'Name of the group' }).fill('Spring fair');
	for (const name of Object.values(TEAM)) await page.getByRole('checkbox', { name: new RegExp(name) }).check();
	await stop('colleagues-new-group', page);
	await page.getByRole('button', { name: 'Create group' }).click();
	await page.getByRole('heading', { name: 'Spring fair' }).waitFor();
	const id = decodeURIComponent(new URL(page.url()).hash.slice('#/c/'.length));
	const write = async (client, text) => {
		const { status, body } = await client.call('POST', `/api/v1/conversations/${id}/messages`, { text, client_id: `fair-${text.length}` });
		assert.equal(status, 201);
		return body.message.id;
	};
	await write(team.eva, 'Who brings the small grinder?');
	await say(admin, 'I do. It fits on the bicycle.');
	const texts = async () => (await team.eva.call('GET', `/api/v1/conversations/${id}/messages?limit=5`)).body.messages.map(({ text }) => text);
	await until('the answer is stored', texts, (list) => list.some((text) => text.startsWith('I do.'))); // or it comes after what is read
	const last = await write(team.yara, 'وأنا أحضر الأكواب.');
	for (const client of [team.eva, team.yara]) await client.call('POST', `/api/v1/conversations/${id}/read`, { message_id: last });
	await page.getByRole('log').getByText(/^Seen by/).waitFor();
	const slowed = await page.evaluate(async (id) => {
		const request = { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ slow_mode_s: 30 }) };
		return (await fetch(`/api/v1/channels/${encodeURIComponent(id)}`, request)).status;
	}, id);
	assert.equal(slowed, 200);
	await page.getByText('Slow mode: members wait').waitFor();
	await stop('colleagues-group', page);
	await page.getByRole('button', { name: 'More about this conversation' }).click();
	await stop('colleagues-menu', page);
	await page.getByRole('menuitem', { name: 'Group details' }).click();
	await page.getByRole('dialog', { name: 'Group details' }).getByText('Noor Haddad').waitFor();
	await stop('colleagues-details', page);
	await page.keyboard.press('Escape');
	await page.evaluate(() => { location.hash = '#/'; });
	await page.getByText('Select a conversation').waitFor();
	await stop('colleagues-list', page);
	assert.equal((await team.eva.call('POST', `/api/v1/call/default/chat-${id}/join`, { create: true, ring: true })).status, 200);
	await incoming(admin).getByText('Eva Lind calls in Spring fair').waitFor();
	await stop('incoming-group', page, { once: true });
	await incoming(admin).getByRole('button', { name: 'Decline' }).click();
	await sections.getByRole('button', { name: 'Customers' }).click();
	await chooseConversation(admin, 'Sam Rivera');
}
