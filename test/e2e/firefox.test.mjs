// SPDX-License-Identifier: Apache-2.0
// What people do most, in Firefox: chat with a picture, a voice note, a ring and a call, the widget on a shop's page.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../lib/browser.mjs';
import { root, startConfabd } from '../lib/confabd.mjs';
import { launchFirefox, Person } from '../lib/firefox.mjs';
import { insideNamespace } from '../lib/inside.mjs';
import { startShop } from '../lib/shop.mjs';

const address = await insideNamespace(import.meta.url);
let daemon, shop, browsers, sam, alex;
before(async () => {
	shop = await startShop();
	daemon = await startConfabd({ rtcIps: [address], args: ['--widget-origin', shop.origin] });
	browsers = await Promise.all([launchFirefox(), launchFirefox()]); // a page in the background shows no video
	[sam, alex] = await Promise.all([Person.open(browsers[0], daemon.links.user), Person.open(browsers[1], daemon.links.admin)]);
});
after(async () => {
	await Promise.all((browsers ?? []).map((browser) => browser.close()));
	await daemon?.stop();
	shop?.close();
});

test('they write to each other, and a picture goes along', async () => {
	await sam.send('The teapot came broken.');
	await alex.press('listitem', /Sam Rivera/);
	await alex.sees('The teapot came broken.');
	await alex.type('Can you');
	await sam.sees('is writing…', 'status', /writing/);
	await alex.page.keyboard.type(' show me?');
	await alex.press('button', 'Send');
	await sam.sees('Can you show me?');
	const input = await sam.page.$('input[type=file]');
	await input.uploadFile(path.join(root, 'test/vectors/pictures/turned.jpg'));
	await sam.find('list', 'Attached files');
	await sam.send('Look:');
	const picture = await alex.find('img', 'Picture: turned.jpg');
	await until('the picture', () => picture.evaluate((img) => img.naturalWidth), (width) => width > 0);
	await sam.find('img', 'Read');
	sam.assertQuiet();
	alex.assertQuiet();
});

/** A voice note's button does what it says; where there is nothing to play on (most servers), it says so soon. */
async function plays(person, when) {
	// it plays for a second: a look now and then may miss that
	await person.page.evaluate(() => {
		window.played = '';
		const look = () => document.querySelector('button[aria-label="Pause"]') && (window.played = 'plays');
		new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributeFilter: ['aria-label'] });
	});
	await person.press('button', 'Play');
	const seen = () => person.page.evaluate(() => window.played || (document.querySelector('.cf-voice__failed')?.textContent ?? ''));
	const what = await until(`sound ${when}`, seen, Boolean, 60000);
	if (what === 'plays') await person.find('button', 'Play'); // it ends by itself
	else assert.match(what, /cannot play the voice note/);
}

test('a voice note is recorded, heard before, sent, and heard on the other side', async () => {
	await sam.press('button', 'Record a voice note');
	await until('a second', async () => (await (await sam.find('group', 'Record a voice note')).evaluate((bar) => bar.innerText)), (text) => /0:(0[1-9]|[1-5]\d)/.test(text), 30000); // or more
	await sam.press('button', 'Stop recording');
	await plays(sam, 'before it is sent');
	await sam.press('button', 'Send the voice note');
	await alex.find('group', /^Voice note, 0:(0[1-9]|[1-5]\d)/);
	await plays(alex, 'on the other side');
	sam.assertQuiet();
	alex.assertQuiet();
});

test('a ring is accepted, and both see and hear each other', async () => {
	await sam.press('button', 'Start video call');
	await alex.press('button', 'Accept');
	for (const one of [sam, alex]) {
		const first = await until('a remote video', () => one.receives(), (now) => now.frames > 5 && now.pictures > 0, 40000);
		await until('frames and audio energy', () => one.receives(), (now) => now.frames > first.frames + 20 && now.energy > first.energy, 60000);
	}
	await sam.press('button', 'Leave call');
	await alex.press('button', 'Leave call');
	await alex.sees('Video call');
	sam.assertQuiet();
	alex.assertQuiet();
});

test('the widget on a page of another site: a guest writes and is answered', async () => {
	shop.set(daemon.url);
	const guest = await Person.open(browsers[0], shop.origin);
	await guest.press('button', /^Open chat/);
	await guest.send('Is the blue teapot in stock?');
	await alex.press('listitem', /blue teapot/);
	await alex.sees('Is the blue teapot in stock?');
	await alex.send('Three are left.');
	await guest.sees('Three are left.');
	await guest.page.reload();
	await guest.sees('Three are left.');
	guest.assertQuiet();
	alex.assertQuiet();
});
