// SPDX-License-Identifier: Apache-2.0
// What customers are told of the team's ways changes on an open page: how soon it usually answers, and whether it has read.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signInByLink } from '../lib/app.mjs';
import { launchChromium } from '../lib/browser.mjs';
import { confab, startConfabd } from '../lib/confabd.mjs';
import { addPerson } from '../lib/people.mjs';

let daemon, browser, eva, ann, annsPage;
const conversation = (id) => `/api/v1/conversations/${id}`;
let number = 0;
async function say(client, id, text) {
	const answer = await client.call('POST', `${conversation(id)}/messages`, { text, client_id: `c${++number}` });
	assert.equal(answer.status, 201, JSON.stringify(answer.body));
	return answer.body.message;
}
before(async () => {
	daemon = await startConfabd();
	eva = await addPerson(daemon, 'eva', 'admin', 'Eva Lind'); // by the API alone: nobody of the team is online
	ann = await addPerson(daemon, 'ann', 'user', 'Ann Lee');
	browser = await launchChromium();
	annsPage = await signInByLink(browser, confab(['link', 'create', '--user', 'ann', '--url', daemon.url, '--data', daemon.data]).trim());
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
});

test('once five customers were answered, how soon that was stands over the chat', async () => {
	const { page } = annsPage;
	await page.getByText('We answer as soon as we are back').waitFor();
	assert.equal(await page.getByText('Usually answers').count(), 0, 'nothing is known yet');
	for (let i = 0; i < 5; i++) {
		const customer = await addPerson(daemon, `customer${i}`);
		await say(customer, customer.id, 'Is somebody there?');
		await say(eva, customer.id, 'Yes.');
	}
	await page.getByText('Usually answers within a few minutes').waitFor();
	await annsPage.screenshot('usual-reply');
});

test('read receipts that are switched off take the ticks away on an open page, and bring them back', async () => {
	const { page } = annsPage;
	const tick = (name) => page.getByRole('log').getByRole('img', { name, exact: true });
	await page.getByRole('textbox', { name: 'Message' }).fill('Have you seen this?');
	await page.keyboard.press('Enter');
	await tick('Sent').waitFor();
	const { messages } = (await eva.call('GET', `${conversation('ann')}/messages`)).body;
	assert.equal((await eva.call('POST', `${conversation('ann')}/read`, { message_id: messages.at(-1).id })).status, 200);
	await tick('Read').waitFor();
	const { hours } = (await eva.call('GET', '/api/v1/support/hours')).body;
	const receipts = async (on) => assert.equal((await eva.call('PUT', '/api/v1/support/hours', { ...hours, read_receipts: on })).status, 200);
	await receipts(false);
	await tick('Delivered').waitFor();
	assert.equal(await tick('Read').count(), 0);
	await receipts(true);
	await tick('Read').waitFor();
	annsPage.assertQuiet();
});
