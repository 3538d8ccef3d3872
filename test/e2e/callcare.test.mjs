// SPDX-License-Identifier: Apache-2.0
// What takes care of people in a call: the screen stays on, the other camera, where one's own picture is, sound only on a poor
// connection, a second window, and the lobby's checks.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ConnectionQuality, SignalResponse } from '@livekit/protocol';
import { callDialog, chooseConversation, control, incoming, region, say, signInByLink, startCall } from '../lib/app.mjs';
import { assertVideoAdvances, launchChromium, received, until } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';

/** Counts wake locks, and lets a test say what the server says of the connection. */
const init = `
	window.wakeLocks = [];
	window.WakeLock.prototype.request = async () => {
		const lock = { released: false, release: async () => { lock.released = true; } };
		window.wakeLocks.push(lock);
		return lock;
	};
	window.WebSocket = class extends WebSocket {
		constructor(...args) {
			super(...args);
			this.addEventListener('message', (event) => {
				if (!(event.data instanceof ArrayBuffer)) return;
				const tag = new Uint8Array(event.data)[0];
				if (tag === 0x0a) Object.assign(window, { signalling: this, joined: [...new Uint8Array(event.data)] }); // SignalResponse.join
				if (tag === 0x62 && window.quality && event.isTrusted) event.stopImmediatePropagation(); // .connection_quality
			});
		}
	};`;

let daemon, browser, alex, sam;
before(async () => {
	daemon = await startConfabd();
	browser = await launchChromium({ args: ['--use-fake-device-for-media-stream=device-count=2,fps=5'] });
	alex = await signInByLink(browser, daemon.links.admin, { init });
	sam = await signInByLink(browser, daemon.links.user, { init, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
	await chooseConversation(alex, 'Sam Rivera');
	await say(sam, 'Hello!');
	await startCall(sam);
	await incoming(alex).getByRole('button', { name: 'Accept', exact: true }).click();
	await Promise.all([assertVideoAdvances(region(alex, 'Sam Rivera'), 5, 60000), assertVideoAdvances(region(sam, 'Alex Morgan'), 5, 60000)]);
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
});

const self = (person) => callDialog(person).getByRole('group', { name: 'You', exact: true });
const held = (page) => page.evaluate(() => window.wakeLocks.filter(({ released }) => !released).length);
const corner = (person) => self(person).evaluate(({ dataset }) => `${dataset.block} ${dataset.inline}`);
const card = (person) => person.page.getByRole('region', { name: /^(Call ended|The call goes on)/ });

test('the screen stays on', async () => {
	assert.deepEqual([await held(alex.page), await held(sam.page)], [1, 1]);
});

test('on a phone: the other camera, and what it sees is no mirror', async () => {
	assert.equal(await self(alex).getByRole('button', { name: 'Other camera' }).count(), 0, 'a desktop has nothing to turn round');
	const look = () => self(sam).locator('video').getAttribute('class');
	assert.match(await look(), /mirrored/);
	const button = await self(sam).getByRole('button', { name: 'Other camera' }).boundingBox();
	assert.ok(button.width >= 44 && button.height >= 44);
	await sam.screenshot('call-flip-phone');
	await self(sam).getByRole('button', { name: 'Other camera' }).tap();
	await until('the other camera', look, (text) => !text.includes('mirrored'), 30000);
	await assertVideoAdvances(region(alex, 'Sam Rivera'), 3, 60000);
	await self(sam).getByRole('button', { name: 'Other camera' }).tap();
	await until('the mirror', look, (text) => text.includes('mirrored'), 30000);
});

test("one's own picture goes into the corner that it is dragged to; by tap, button and arrow keys, too", async () => {
	const box = await self(alex).boundingBox();
	assert.equal(await corner(alex), 'end end');
	await alex.page.mouse.move(box.x + 40, box.y + 40);
	await alex.page.mouse.down();
	await alex.page.mouse.move(400, 300, { steps: 4 });
	await alex.page.mouse.move(150, 150, { steps: 4 });
	await alex.page.mouse.up();
	assert.equal(await corner(alex), 'start start');
	const now = await self(alex).boundingBox();
	assert.ok(now.x < 100 && now.y < 150, JSON.stringify(now));
	await alex.screenshot('call-self-moved');
	const move = self(alex).getByRole('button', { name: 'Move your picture' });
	await move.focus();
	await alex.page.keyboard.press('ArrowRight');
	await alex.page.keyboard.press('ArrowDown');
	assert.equal(await corner(alex), 'end end');
	await alex.page.keyboard.press('Enter');
	assert.equal(await corner(alex), 'end start');
	const small = await self(sam).boundingBox();
	await sam.page.touchscreen.tap(small.x + small.width / 2, small.y + small.height / 2);
	await until('the next corner', () => corner(sam), (text) => text === 'end start');
});

test('a poor connection: sound only is offered, nothing of the cameras goes any more, and it comes back', async () => {
	const joined = SignalResponse.fromBinary(Uint8Array.from(await alex.page.evaluate(() => window.joined)));
	const say = new SignalResponse({ message: { case: 'connectionQuality', value: { updates: [{ participantSid: joined.message.value.participant.sid, quality: ConnectionQuality.POOR, score: 1 }] } } });
	await alex.page.evaluate((bytes) => {
		window.quality = true;
		window.signalling.dispatchEvent(new MessageEvent('message', { data: Uint8Array.from(bytes).buffer }));
	}, [...say.toBinary()]);
	await callDialog(alex).getByText('Your connection is poor.').waitFor({ timeout: 30000 });
	await alex.screenshot('call-poor-offer');
	const button = callDialog(alex).getByRole('button', { name: 'Audio only' });
	await button.click();
	await region(alex, 'Sam Rivera').locator('video').waitFor({ state: 'hidden' });
	await region(sam, 'Alex Morgan').locator('video').waitFor({ state: 'hidden' });
	let before = -1;
	await until('no frame in between', async () => {
		const { frames } = await received(alex.page);
		const more = frames - before;
		before = frames;
		await new Promise((resolve) => setTimeout(resolve, 500));
		return more;
	}, (more) => more === 0, 30000);
	const sound = (await received(alex.page)).samples;
	await until('sound goes on', () => received(alex.page), ({ samples }) => samples > sound + 48000);
	assert.equal((await received(alex.page)).frames, before);
	await alex.screenshot('call-audio-only');
	await callDialog(alex).getByRole('button', { name: 'Show pictures again' }).click();
	await Promise.all([assertVideoAdvances(region(alex, 'Sam Rivera'), 3, 60000), assertVideoAdvances(region(sam, 'Alex Morgan'), 3, 60000)]);
});

test('a second window goes on with the call, and the first one says so', async () => {
	const page = await sam.context.newPage();
	await page.goto(daemon.url);
	const second = { page };
	await page.getByText('You are in this call in another window').waitFor();
	await page.getByRole('button', { name: 'Continue here' }).click();
	await assertVideoAdvances(region(second, 'Alex Morgan'), 3, 60000);
	await card(sam).getByText('The call goes on in another window').waitFor();
	await callDialog(sam).waitFor({ state: 'detached' });
	assert.equal(await held(sam.page), 0, 'the screen may go dark there');
	await until('one of them', () => region(alex, 'Sam Rivera').count(), (n) => n === 1, 30000);
	await sam.screenshot('call-goes-on-phone');
	await card(sam).getByRole('button', { name: 'Continue here' }).click();
	await assertVideoAdvances(region(sam, 'Alex Morgan'), 3, 60000);
	await callDialog(second).waitFor({ state: 'detached' });
	await until('one of them', () => region(alex, 'Sam Rivera').count(), (n) => n === 1, 30000);
	await page.close();
});

test('the lobby: who is there, how the network is, what to do about a refused camera, and in without one', async () => {
	await control(alex, 'Leave call').click();
	await card(alex).waitFor();
	await alex.page.getByRole('button', { name: 'Check camera and sound' }).click();
	const lobby = alex.page.getByRole('dialog', { name: 'Check camera and sound' });
	await lobby.getByText('Sam Rivera is in the call.').waitFor();
	await lobby.getByText('Connection: Good').or(lobby.getByText('Connection: Fair')).waitFor({ timeout: 30000 });
	await alex.screenshot('lobby-live');
	await lobby.getByRole('button', { name: 'Cancel' }).click();

	await alex.page.evaluate(() => {
		navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
	});
	await alex.page.getByRole('button', { name: 'Check camera and sound' }).click();
	await lobby.getByText('Press the icon to the left of the address').waitFor();
	await alex.screenshot('lobby-refused');
	await lobby.getByRole('button', { name: 'Join now' }).click();
	await assertVideoAdvances(region(alex, 'Sam Rivera'), 3, 60000);
	await control(alex, 'Leave call').click();
	await alex.page.reload();
	await chooseConversation(alex, 'Sam Rivera');

	await alex.page.getByRole('button', { name: 'Check camera and sound' }).click();
	await lobby.getByRole('button', { name: 'Without camera' }).click();
	await control(alex, 'Turn camera on').waitFor({ timeout: 60000 });
	await assertVideoAdvances(region(alex, 'Sam Rivera'), 3, 60000);
});

test('no error in any console', () => {
	for (const person of [alex, sam]) person.assertQuiet();
});
