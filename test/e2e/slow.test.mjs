// SPDX-License-Identifier: Apache-2.0
// Slow mode of customers' conversations: set on the Team page; the text box counts down on the customer's page and in the widget; the
// team does not wait.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chooseConversation, say, signInByLink } from '../lib/app.mjs';
import { openShop } from '../lib/shop.mjs';
import { log, openChat, panel, write } from '../lib/widget.mjs';

let scene, alex, sam, guest;
before(async () => {
	scene = await openShop();
	alex = scene.admin;
});
after(() => scene?.close());

async function setSlowMode(seconds) {
	await alex.page.getByRole('link', { name: 'Team' }).click();
	const hours = alex.page.getByRole('region', { name: 'Business hours' });
	await hours.getByRole('combobox', { name: 'Slow mode' }).selectOption(seconds);
	await hours.getByRole('button', { name: 'Save' }).click();
	await alex.page.getByText('Saved').first().waitFor();
	await alex.page.goBack();
}

test('the team sets it', () => setSlowMode('10'));

test("on the customer's page and in the widget the next message waits, and then goes; the team's goes at once", async () => {
	sam = await signInByLink(scene.browser, scene.daemon.links.user);
	await sam.page.getByText('Slow mode: one message every 10 seconds.').waitFor();
	await say(sam, 'One');
	const timer = sam.page.getByRole('timer');
	await timer.getByText('Slow mode: your next message can go in 0:').waitFor();
	guest = await scene.visit();
	await openChat(guest);
	await write(guest, 'First');
	const waiting = panel(guest).getByRole('timer');
	await waiting.getByText(/Your next message can go in 0:(10|0\d)\./).waitFor();
	await guest.page.getByRole('textbox', { name: 'Message' }).fill('Second');
	assert.ok(await guest.page.getByRole('button', { name: 'Send', exact: true }).isDisabled());
	await guest.screenshot('widget-slow');

	await chooseConversation(alex, 'First');
	await say(alex, 'At once');
	await say(alex, 'And again');
	await log(guest).getByText('And again').waitFor();

	await waiting.waitFor({ state: 'detached', timeout: 30_000 });
	await guest.page.getByRole('button', { name: 'Send', exact: true }).click();
	await log(guest).getByText('Second').waitFor();
	await timer.waitFor({ state: 'detached', timeout: 30_000 });
	await say(sam, 'Two');
	for (const person of [alex, sam, guest]) person.assertQuiet();
});

test('a change reaches open pages at once, before anybody is refused; so does its end, and a reload does not forget it', async () => {
	await setSlowMode('3600');
	const timers = [sam.page.getByRole('timer'), panel(guest).getByRole('timer')];
	for (const timer of timers) await timer.getByText(/next message can go in \d\d:\d\d/).waitFor();
	await sam.page.reload();
	await timers[0].getByText(/next message can go in \d\d:\d\d/).waitFor();
	await setSlowMode('0');
	for (const timer of timers) await timer.waitFor({ state: 'detached' });
	await say(sam, 'Three');
	for (const person of [alex, sam, guest]) person.assertQuiet();
});
