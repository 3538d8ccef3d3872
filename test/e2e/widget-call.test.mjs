// SPDX-License-Identifier: Apache-2.0
// The customer's side of a call: the lobby before it, devices and quality in it.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { assertAccessible } from '../lib/accessible.mjs';
import { control, incoming, region } from '../lib/app.mjs';
import { assertVideoAdvances, until } from '../lib/browser.mjs';
import { openShop } from '../lib/shop.mjs';
import { callWindow, lobby, openChat, panel } from '../lib/widget.mjs';

const SLOW = 60000; // a busy machine of two cores
let scene;
before(async () => {
	scene = await openShop({ browser: { args: ['--use-fake-device-for-media-stream=device-count=2,fps=10'] } });
	scene.admin.context.setDefaultTimeout(SLOW);
});
after(() => scene?.close());
afterEach(async () => {
	for (const way of [control(scene.admin, 'Leave call'), incoming(scene.admin).getByRole('button', { name: 'Decline' })]) {
		if (await way.isVisible()) await way.click(); // a test that failed in the middle of a call leaves it to no other
	}
	await scene.rest();
});

async function visit(...how) {
	const guest = await scene.visit(...how);
	guest.context.setDefaultTimeout(SLOW);
	await openChat(guest);
	return guest;
}
const openLobby = (guest) => panel(guest).getByRole('button', { name: 'Start video call' }).click();
const wide = (guest) => () => lobby(guest).locator('video').evaluate((video) => video.videoWidth);
const live = (guest) => guest.page.evaluate(() => [...document.querySelector('confab-widget').shadowRoot.querySelectorAll('video')].some((video) => video.srcObject?.active));

test('the lobby: oneself, the microphone, the devices; nobody is rung, and the camera goes off again', async () => {
	const guest = await visit();
	await openLobby(guest);
	await until('oneself', wide(guest), (width) => width > 0, SLOW);
	await until('the microphone is heard', () => lobby(guest).locator('.level span').getAttribute('data-level'), (level) => Number(level) > 0.05, SLOW);
	await lobby(guest).getByText('Support is called when you join.').waitFor();
	await lobby(guest).getByText(/^Connection: (Good|Fair)/).waitFor();
	await guest.screenshot('widget-lobby');
	await lobby(guest).getByText('Camera and sound', { exact: true }).click();
	await until('both cameras', () => lobby(guest).getByRole('combobox', { name: 'Camera' }).locator('option').count(), (n) => n === 2);
	await lobby(guest).getByRole('combobox', { name: 'Camera' }).selectOption({ index: 1 });
	await guest.screenshot('widget-lobby-devices');
	await assertAccessible(guest);
	assert.equal(await incoming(scene.admin).count(), 0);
	await guest.page.keyboard.press('Escape');
	await lobby(guest).waitFor({ state: 'detached' });
	await until('the camera is off', () => live(guest), (on) => !on, SLOW);
	await panel(guest).waitFor();
});

test('on a phone: without a camera into the call; devices and sound only from there; how well one is connected', async () => {
	const guest = await visit({}, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
	await openLobby(guest);
	await until('oneself', wide(guest), (width) => width > 0, SLOW);
	assert.deepEqual(await lobby(guest).boundingBox(), { x: 0, y: 0, width: 390, height: 844 });
	const small = await lobby(guest).locator('button, summary').evaluateAll((all) => all.map((b) => [b.getAttribute('aria-label') ?? b.textContent, b.getBoundingClientRect()]).filter(([, r]) => r.width < 44 || r.height < 44));
	assert.deepEqual(small, []);
	await guest.screenshot('widget-lobby-phone');
	await lobby(guest).getByRole('button', { name: 'Without camera' }).click();
	await incoming(scene.admin).getByRole('button', { name: 'Accept', exact: true }).click();
	const other = callWindow(guest).getByRole('region', { name: 'Alex Morgan', exact: true });
	await assertVideoAdvances(other, 3, SLOW);
	await callWindow(guest).getByRole('button', { name: 'Turn camera on' }).waitFor();
	await other.getByRole('img', { name: /connection$/ }).waitFor();
	await callWindow(guest).getByRole('button', { name: 'Camera and sound' }).click();
	const devices = callWindow(guest).getByRole('group', { name: 'Camera and sound' });
	await devices.getByRole('combobox', { name: 'Microphone' }).selectOption({ index: 1 });
	await guest.screenshot('widget-call-devices-phone');
	await assertAccessible(guest);
	await devices.getByRole('checkbox', { name: 'Audio only, to save bandwidth' }).check();
	await other.locator('video').waitFor({ state: 'hidden' });
	await devices.getByRole('checkbox', { name: 'Audio only, to save bandwidth' }).uncheck();
	await assertVideoAdvances(other, 3, SLOW);
	await guest.page.keyboard.press('Escape');
	await devices.waitFor({ state: 'detached' });
	await callWindow(guest).getByRole('button', { name: 'Turn camera on' }).click();
	const name = await scene.admin.page.getByRole('dialog', { name: 'Video call' }).getByRole('region').first().getAttribute('aria-label');
	await assertVideoAdvances(region(scene.admin, name), 3, SLOW);
	await guest.screenshot('widget-call-quality-phone');
	await control(scene.admin, 'Leave call').click();
	await callWindow(guest).waitFor({ state: 'detached' });
	await guest.screenshot('widget-ended-phone');
});

test('a camera that is refused: what helps is said, and the call goes without', async () => {
	const guest = await visit();
	await guest.page.evaluate(() => {
		navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
	});
	await openLobby(guest);
	await lobby(guest).getByText(/Press the icon to the left of the address/).waitFor();
	await guest.screenshot('widget-lobby-refused');
	await assertAccessible(guest);
	await lobby(guest).getByRole('button', { name: 'Call now' }).click();
	await incoming(scene.admin).waitFor();
	await callWindow(guest).getByRole('button', { name: 'Leave call' }).click();
	await incoming(scene.admin).waitFor({ state: 'detached' });
});

test('with data-lobby="off" it rings at once', async () => {
	const guest = await visit({ attributes: 'data-lobby="off"' });
	await openLobby(guest);
	await incoming(scene.admin).waitFor();
	await callWindow(guest).getByRole('button', { name: 'Leave call' }).click();
	await incoming(scene.admin).waitFor({ state: 'detached' });
});
