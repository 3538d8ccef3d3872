// SPDX-License-Identifier: Apache-2.0
// Voice notes in the widget, on a page of another site under a strict CSP: the code comes with the first of them; by finger, by
// keyboard, on a phone; no permission and no microphone.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { assertAccessible } from '../lib/accessible.mjs';
import { chooseConversation } from '../lib/app.mjs';
import { until } from '../lib/browser.mjs';
import { openShop } from '../lib/shop.mjs';
import { play, recorded } from '../lib/voice.mjs';
import { log, openChat, panel } from '../lib/widget.mjs';

let scene, alex;
before(async () => {
	scene = await openShop();
	alex = scene.admin;
});
after(() => scene?.close());
afterEach(() => scene.rest());

const visit = (...how) => scene.visit(...how);
const button = (person, name) => person.page.getByRole('button', { name, exact: true });
const bar = (person) => person.page.getByRole('group', { name: 'Record a voice note' });
const note = (scope) => scope.getByRole('group', { name: /^Voice note, / });
const focused = (person) => person.page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.getAttribute('aria-label'));
const codeOf = ({ page }) => page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => /\/widget\/kit-/.test(name)));

test('a guest records, hears and sends; the team hears it, answers by voice, and the guest plays and seeks the answer', async () => {
	const guest = await visit();
	await openChat(guest);
	assert.equal(await codeOf(guest), false, 'nothing of it is loaded before the first');
	await button(guest, 'Record a voice note').click();
	await recorded(bar(guest), 1);
	await assertAccessible(guest);
	await button(guest, 'Stop recording').click();
	await play(note(bar(guest)));
	await guest.screenshot('widget-voice-preview');
	await button(guest, 'Send the voice note').click();
	await note(log(guest)).waitFor();
	await bar(guest).waitFor({ state: 'detached' });
	await assertAccessible(guest);

	await chooseConversation(alex, 'Voice note');
	await note(alex.page.getByRole('log')).waitFor();
	await button(alex, 'Record a voice note').click();
	await recorded(bar(alex), 2);
	await button(alex, 'Stop recording').click();
	await button(alex, 'Send the voice note').click();
	const answer = note(log(guest)).nth(1);
	await answer.waitFor();
	const slider = answer.getByRole('slider', { name: 'Position' });
	await slider.focus();
	await guest.page.keyboard.press('ArrowRight');
	await until('the slider moved', () => slider.getAttribute('aria-valuetext'), (text) => /^0:01 of 0:/.test(text));
	await play(answer, (button) => button.press('Enter'));
	await answer.getByRole('button', { name: 'Play' }).waitFor({ timeout: 30_000 }); // it ends by itself
	await guest.screenshot('widget-voice');
});

test('by keyboard: Enter begins, Escape discards, the chat stays open and the focus where it was', async () => {
	const guest = await visit();
	await openChat(guest);
	await button(guest, 'Record a voice note').focus();
	await guest.page.keyboard.press('Enter');
	await recorded(bar(guest), 1);
	assert.equal(await focused(guest), 'Stop recording');
	await guest.page.keyboard.press('Escape');
	await bar(guest).waitFor({ state: 'detached' });
	await panel(guest).waitFor();
	await until('the focus is back', () => focused(guest), (label) => label === 'Record a voice note');
	assert.deepEqual(await guest.page.evaluate(() => ({ ...localStorage })), {}, 'what was discarded makes no account');
});

test('on a phone in German: held, it records until it is let go; everything to press has 44 px', async () => {
	const guest = await visit({ attributes: 'data-lang="de"' }, { viewport: { width: 360, height: 640 } });
	await guest.page.getByRole('button', { name: 'Chat öffnen' }).click();
	const { x, y, width, height } = await button(guest, 'Sprachnachricht aufnehmen').boundingBox();
	await guest.page.mouse.move(x + width / 2, y + height / 2);
	await guest.page.mouse.down();
	const place = guest.page.getByRole('group', { name: 'Sprachnachricht aufnehmen' });
	await recorded(place, 1);
	await guest.page.mouse.up();
	await place.getByRole('button', { name: 'Abspielen' }).waitFor();
	for (const one of await place.getByRole('button').all()) {
		const size = await one.boundingBox();
		assert.ok(size.width >= 44 && size.height >= 44, `${await one.getAttribute('aria-label')}: ${size.width} × ${size.height}`);
	}
	const edge = await place.boundingBox();
	assert.ok(edge.x >= 0 && edge.x + edge.width <= 360, 'nothing is cut off');
	await guest.screenshot('widget-voice-phone');
	await button(guest, 'Aufnahme verwerfen').click();
	await place.waitFor({ state: 'detached' });
});

test('a microphone that is forbidden, or not there, is told of in plain words; writing goes on', async () => {
	const forbidden = await visit({ headers: { 'permissions-policy': 'microphone=()' } });
	await openChat(forbidden);
	await button(forbidden, 'Record a voice note').click();
	await panel(forbidden).getByText('Your browser does not let this page use the microphone. Allow it in the address bar.').waitFor();
	await assertAccessible(forbidden);
	forbidden.problems.splice(0); // the browser's own line about the policy
	const without = await visit();
	await without.page.evaluate(() => {
		navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('Requested device not found', 'NotFoundError'));
	});
	await openChat(without);
	await button(without, 'Record a voice note').click();
	await panel(without).getByText('No microphone was found.').waitFor();
	await without.page.getByRole('textbox', { name: 'Message' }).waitFor();
});
