// SPDX-License-Identifier: Apache-2.0
// A call goes on on the phone: the code in the call, read as a camera would, signs in there and leads into the same call.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import jsQR from 'jsqr';
import { callDialog, chooseConversation, control, incoming, region, signInByLink, startCall } from '../lib/app.mjs';
import { assertVideoAdvances, launchChromium, openPage, until } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
let daemon, browser, alex, sam, phone;
before(async () => {
	daemon = await startConfabd();
	browser = await launchChromium({ fps: 5 });
	[alex, sam] = [await signInByLink(browser, daemon.links.admin), await signInByLink(browser, daemon.links.user)];
	await chooseConversation(alex, 'Sam Rivera');
	await startCall(sam);
	await incoming(alex).getByRole('button', { name: 'Accept', exact: true }).click();
	await Promise.all([region(alex, 'Sam Rivera').waitFor({ timeout: 60000 }), region(sam, 'Alex Morgan').waitFor({ timeout: 60000 })]);
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
});

const dialog = (person, name) => person.page.getByRole('dialog', { name });
const lobby = (person) => dialog(person, 'Check camera and sound');

/** What a camera reads in the code on the page. */
async function scan(person) {
	const code = person.page.getByRole('img', { name: 'QR code of the link' });
	await code.locator('svg').waitFor();
	const size = 400;
	// a letter for each pixel: as a list of numbers they took seconds to leave the page
	const grey = await code.evaluate(async (box, size) => {
		const picture = new Image();
		picture.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(box.querySelector('svg')))}`;
		await picture.decode();
		const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size });
		const context = canvas.getContext('2d');
		context.fillStyle = getComputedStyle(box).backgroundColor;
		context.fillRect(0, 0, size, size);
		context.drawImage(picture, 0, 0, size, size);
		const { data } = context.getImageData(0, 0, size, size);
		let letters = '';
		for (let i = 0; i < data.length; i += 4) letters += String.fromCharCode(data[i + 1]);
		return letters;
	}, size);
	const pixels = Uint8ClampedArray.from({ length: 4 * grey.length }, (_, i) => (i % 4 === 3 ? 255 : grey.charCodeAt(i >> 2)));
	return jsQR(pixels, size, size)?.data;
}

async function showCode(person) {
	await control(person, 'Camera and sound').click();
	await callDialog(person).getByRole('button', { name: 'Continue on another device' }).press('Enter');
	return dialog(person, 'Continue on another device');
}

test('the code: it says how long it is good, Escape closes it and not the call, and the focus is back', async () => {
	const code = await showCode(alex);
	await code.getByText('It works once, for five minutes.').waitFor();
	await code.getByText('localhost works on this computer only.').waitFor();
	await alex.page.keyboard.press('m'); // the call's keys rest behind a dialog
	await alex.screenshot('handover-code');
	await alex.page.keyboard.press('Escape');
	await code.waitFor({ state: 'detached' });
	await until('the focus is back', () => control(alex, 'Camera and sound').evaluate((button) => button === document.activeElement), Boolean);
	await control(alex, 'Mute').waitFor();
});

test('scanned: signed in there as the same person, in the lobby of the same call', async () => {
	await showCode(alex);
	const url = await scan(alex);
	assert.match(url, /^http:\/\/localhost:\d+\/signin#[\w-]{43}\/continue\/default%3Achat-user$/);
	phone = await openPage(browser, url, PHONE);
	await lobby(phone).getByRole('heading', { name: 'Continue the call here' }).waitFor({ timeout: 30000 });
	assert.ok(!phone.page.url().includes('signin') && !phone.page.url().includes('continue'), phone.page.url());
	await until('a picture of oneself', () => lobby(phone).locator('video').evaluate((video) => video.videoWidth), (width) => width > 0, 30000);
	await phone.screenshot('handover-lobby');
	const again = await openPage(browser, url);
	await again.page.getByText('This sign-in link does not work any more.').waitFor();
	await again.context.close();
});

test('in the call there, the first device is silent and asks whether to leave', async () => {
	await lobby(phone).getByRole('button', { name: 'Join now' }).click();
	await assertVideoAdvances(region(phone, 'Sam Rivera'), 3, 60000);
	const asked = callDialog(alex).getByText('You are in this call on your other device.');
	await asked.waitFor({ timeout: 30000 });
	await dialog(alex, 'Continue on another device').waitFor({ state: 'detached' });
	await control(alex, 'Unmute').waitFor();
	const heard = (person) => person.page.evaluate(() => [...document.querySelectorAll('audio')].some((audio) => !audio.muted));
	await until('silence here: two devices beside each other would howl', () => heard(alex), (sound) => !sound);
	await until('sound there', () => heard(phone));
	await alex.screenshot('handover-asked');
	await phone.screenshot('handover-phone');

	await callDialog(alex).getByRole('button', { name: 'Stay here too' }).click();
	await asked.waitFor({ state: 'detached' });
	await control(alex, 'Mute').waitFor();
	await until('sound here', () => heard(alex));
});

test('left here: the call goes on there, for both sides', async () => {
	await control(phone, 'Leave call').click();
	await callDialog(phone).waitFor({ state: 'detached' });
	await showCode(alex);
	const third = await openPage(browser, await scan(alex), PHONE);
	await lobby(third).getByRole('button', { name: 'Join now' }).click();
	await assertVideoAdvances(region(third, 'Sam Rivera'), 3, 60000);
	await callDialog(alex).getByRole('button', { name: 'Leave here' }).click();
	await callDialog(alex).waitFor({ state: 'detached' });
	await alex.page.getByText('You are in this call in another window').waitFor();
	await until('one of them', () => region(sam, 'Alex Morgan').count(), (n) => n === 1, 30000);
	await assertVideoAdvances(region(sam, 'Alex Morgan'), 3, 60000);
	third.assertQuiet();
	await third.context.close();
});

test('from the settings: a code that signs in, and nothing more; it is in the list of devices', async () => {
	await sam.page.getByRole('button', { name: 'Leave call' }).click();
	await sam.page.getByRole('link', { name: 'Settings' }).click();
	await sam.page.getByRole('button', { name: 'Sign in on another device' }).click();
	const url = await scan(sam);
	assert.match(url, /\/signin#[\w-]{43}$/);
	const other = await openPage(browser, url, PHONE);
	await other.page.getByRole('textbox', { name: 'Message' }).waitFor();
	assert.equal(await other.page.getByRole('dialog').count(), 0);
	await sam.page.keyboard.press('Escape');
	await until('both devices', () => sam.page.getByText(/^Signed in on /).count(), (n) => n === 2);
	other.assertQuiet();
});

test('no error in any console', () => {
	alex.assertQuiet();
	sam.assertQuiet();
	phone.assertQuiet();
});
