// SPDX-License-Identifier: Apache-2.0
// A customer reports an answer; the admin's Team page counts it, shows it, goes to it, and ends it, by keyboard where it matters.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../lib/accessible.mjs';
import { chooseConversation, say, signInByLink } from '../lib/app.mjs';
import { launchChromium } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';

let daemon, browser, alex, sam;
before(async () => {
	daemon = await startConfabd();
	browser = await launchChromium();
	[alex, sam] = await Promise.all([signInByLink(browser, daemon.links.admin), signInByLink(browser, daemon.links.user)]);
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
});

const told = (person, text) => person.page.getByRole('status').filter({ hasText: text }).waitFor();
const rows = (person) => person.page.getByRole('list', { name: 'Reported messages' }).getByRole('listitem', { name: /^Reported message of/ });

/** By its menu. */
async function reportMessage(person, text, reason) {
	const line = person.page.locator('.cf-line').filter({ hasText: text });
	await line.hover();
	await line.getByRole('button', { name: 'Message options' }).click();
	await person.page.getByRole('menuitem', { name: 'Report…' }).click();
	const dialog = person.page.getByRole('dialog', { name: /^Report / });
	await dialog.getByText('The team will see this message').waitFor();
	if (reason) {
		await assertAccessible(person);
		await dialog.getByRole('textbox').fill(reason);
	}
	await dialog.getByRole('button', { name: 'Report', exact: true }).click();
}

test('reported in the menu, counted at once on the Team page, and found fine', async () => {
	await say(sam, 'Where is my parcel?');
	await chooseConversation(alex, 'Sam Rivera');
	await say(alex, 'Go and look yourself.');
	await reportMessage(sam, 'Go and look', 'Rude');
	await told(sam, 'The team was told');
	await alex.page.getByRole('link', { name: 'Team One message is reported' }).click();
	const row = rows(alex).filter({ hasText: 'Go and look yourself.' });
	await row.getByText(/Reported by Sam Rivera/).waitFor();
	await row.getByText('Rude').waitFor();
	await assertAccessible(alex);
	await alex.screenshot('reports');
	await row.getByRole('button', { name: 'Show in the conversation' }).click();
	await alex.page.locator('.cf-bubble--marked').filter({ hasText: 'Go and look yourself.' }).waitFor();
	await reportMessage(sam, 'Go and look');
	await told(sam, 'You have reported this message before');
	await sam.page.keyboard.press('Escape');
	await alex.page.getByRole('link', { name: /^Team/ }).click();
	await rows(alex).getByRole('button', { name: 'It is fine' }).click();
	await told(alex, 'The report is closed');
	await alex.page.getByText('Nothing is reported.').waitFor();
	await alex.page.getByRole('link', { name: 'Team', exact: true }).waitFor();
});

test('a reported message is deleted, and its writer can be banned', async () => {
	await say(sam, 'A very bad word');
	await alex.page.getByRole('link', { name: 'Chat' }).click();
	await chooseConversation(alex, 'Sam Rivera');
	await reportMessage(alex, 'A very bad word');
	await told(alex, 'The team was told');
	await alex.page.getByRole('link', { name: /^Team/ }).click();
	await alex.page.setViewportSize({ width: 390, height: 844 });
	await rows(alex).getByRole('button', { name: 'Ban Sam Rivera' }).click();
	await alex.page.getByRole('dialog', { name: 'Ban Sam Rivera' }).getByRole('button', { name: 'Cancel' }).click();
	await alex.screenshot('reports-phone');
	assert.ok(await alex.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the phone');
	await rows(alex).getByRole('button', { name: 'Delete the message' }).click();
	await alex.page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
	await told(alex, 'The message was deleted');
	await sam.page.getByText('A very bad word').waitFor({ state: 'detached' });
	alex.assertQuiet();
	sam.assertQuiet();
});

test('a word of the list is refused by name, another one is reported by itself', async () => {
	await alex.page.setViewportSize({ width: 1280, height: 800 });
	const words = (name) => alex.page.getByRole('textbox', { name });
	await words('Refuse messages with these words').fill('fool, idiot');
	await words('Report messages with these words').fill('refund');
	const form = alex.page.getByRole('region', { name: 'List of words' });
	await form.getByRole('button', { name: 'Save' }).click();
	await told(alex, 'Saved');
	await assertAccessible(alex);
	await say(sam, 'You FOOL');
	await sam.page.getByText('The word “fool” is not allowed here.').waitFor();
	await sam.page.getByRole('button', { name: 'Discard' }).click();
	await say(sam, 'A refund, please');
	await rows(alex).filter({ hasText: 'A refund, please' }).getByText('The word “refund” is on the list').waitFor();
	alex.assertQuiet();
	// the browser's own line about the message that was refused
	assert.deepEqual(sam.problems.filter((line) => !/status of 400/.test(line)), []);
});
