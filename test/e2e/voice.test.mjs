// SPDX-License-Identifier: Apache-2.0
// Voice notes: recorded by tap, by holding and by keyboard, heard before they are sent, discarded, heard on the other side.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../lib/accessible.mjs';
import { chooseConversation, say, signInByLink } from '../lib/app.mjs';
import { launchChromium } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { play, recorded } from '../lib/voice.mjs';

let daemon, browser, alex, sam;
before(async () => {
	daemon = await startConfabd();
	browser = await launchChromium();
	[alex, sam] = await Promise.all([signInByLink(browser, daemon.links.admin), signInByLink(browser, daemon.links.user)]);
	await say(sam, 'Listen:');
	await chooseConversation(alex, 'Sam Rivera');
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
});

const button = (person, name) => person.page.getByRole('button', { name, exact: true });
const bar = (person) => person.page.getByRole('group', { name: 'Record a voice note' });
const note = (scope) => scope.getByRole('group', { name: /^Voice note, / });
const log = (person) => person.page.getByRole('log');

test('a tap begins and a tap ends; it is heard, then sent, and the other side plays and seeks it', async () => {
	await button(sam, 'Record a voice note').click();
	await bar(sam).getByText('Recording', { exact: true }).waitFor();
	await assertAccessible(sam);
	await recorded(bar(sam), 2);
	await button(sam, 'Stop recording').click();
	const preview = note(bar(sam));
	await preview.waitFor();
	await assertAccessible(sam);
	await play(preview);
	await button(sam, 'Send the voice note').click();
	await note(log(sam)).waitFor();
	await sam.page.getByRole('textbox', { name: 'Message' }).waitFor();

	const heard = note(log(alex));
	await heard.waitFor();
	assert.match(await heard.getAttribute('aria-label'), /0:(0[2-9]|[1-5]\d)$/);
	await assertAccessible(alex);
	const slider = heard.getByRole('slider', { name: 'Position' });
	await slider.focus();
	await alex.page.keyboard.press('ArrowRight');
	await alex.page.waitForFunction((input) => /^0:01 of 0:/.test(input.getAttribute('aria-valuetext')), await slider.elementHandle());
	await play(heard, (button) => button.press('Enter'));
	await heard.getByRole('button', { name: 'Play' }).waitFor({ timeout: 30_000 }); // it ends by itself
	assert.match(await slider.getAttribute('aria-valuetext'), /^0:00 of/);
	await alex.page.getByRole('list', { name: 'Conversations' }).getByText('Voice note').waitFor();
	sam.assertQuiet();
	alex.assertQuiet();
});

test('by keyboard: Enter begins, Escape discards', async () => {
	await button(alex, 'Record a voice note').focus();
	await alex.page.keyboard.press('Enter');
	await recorded(bar(alex), 1);
	assert.equal(await alex.page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Stop recording');
	await alex.page.keyboard.press('Escape');
	await bar(alex).waitFor({ state: 'detached' });
	await alex.page.waitForFunction(() => document.activeElement.getAttribute('aria-label') === 'Record a voice note');
	assert.equal(await note(log(alex)).count(), 1, 'nothing was sent');
	alex.assertQuiet();
});

test('held, it records until it is let go', async () => {
	const { x, y, width, height } = await button(sam, 'Record a voice note').boundingBox();
	await sam.page.mouse.move(x + width / 2, y + height / 2);
	await sam.page.mouse.down();
	await recorded(bar(sam), 1);
	await sam.page.mouse.up();
	await note(bar(sam)).waitFor();
	await button(sam, 'Discard the recording').click();
	await bar(sam).waitFor({ state: 'detached' });
	sam.assertQuiet();
});
