// SPDX-License-Identifier: Apache-2.0
// No connection: the banner, and messages that wait, over a reload and in two tabs, in the app and in the widget.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chooseConversation, say, signInByLink } from '../lib/app.mjs';
import { launchChromium, openPage, until } from '../lib/browser.mjs';
import { root, startConfabd } from '../lib/confabd.mjs';
import { startFront } from '../lib/front.mjs';
import { closeSdk, loadSdk } from '../lib/sdk.mjs';
import { startShop } from '../lib/shop.mjs';
import { log as widgetLog, openChat, panel, write } from '../lib/widget.mjs';

const PICTURE = { name: 'teapot.jpg', mimeType: 'image/jpeg', buffer: fs.readFileSync(path.join(root, 'test/vectors/pictures/turned.jpg')) };

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-test-'));
let shop, daemon, browser, admin, user, name;
before(async () => {
	shop = await startShop();
	daemon = await startConfabd({ data, args: ['--widget-origin', shop.origin] });
	browser = await launchChromium();
	admin = await signInByLink(browser, daemon.links.admin);
	user = await signInByLink(browser, daemon.links.user);
	name = await user.page.evaluate(async () => (await (await fetch('/api/auth/session')).json()).user.name);
	await say(user, 'Is anybody there?');
	await chooseConversation(admin, name);
	await log(admin).getByText('Is anybody there?').waitFor();
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
	shop?.close();
	fs.rmSync(data, { recursive: true, force: true });
});

const log = (person) => person.page.getByRole('log');
const waiting = (person) => person.page.getByText('Waiting for the connection');
/** The texts of the messages, in the order in which they are on screen. */
const texts = (person, ...wanted) =>
	log(person).evaluate((element, list) => element.innerText.split('\n').map((line) => line.trim()).filter((line) => list.includes(line)), wanted);
/** The service worker looks after this page. */
const inCharge = (person) => until('the worker is in charge', () => person.page.evaluate(() => navigator.serviceWorker.controller?.state === 'activated'), Boolean, 30000);
/** What the browser prints about requests without a network is no mistake of the page. */
const forgive = (person) => person.problems.splice(0, Infinity, ...person.problems.filter((problem) => !/ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load/.test(problem)));
/** What is left in the browser. */
const kept = (person) =>
	person.page.evaluate(async () => {
		let n = 0;
		for (const { name: database } of await indexedDB.databases()) {
			if (!database.startsWith('confab-outbox')) continue;
			const opened = await new Promise((resolve) => (indexedDB.open(database).onsuccess = ({ target }) => resolve(target.result)));
			n += await new Promise((resolve) => (opened.transaction('messages').objectStore('messages').count().onsuccess = ({ target }) => resolve(target.result)));
			opened.close();
		}
		return n;
	});

test('the banner comes with the loss, is announced, and goes; what is written waits and goes out', async () => {
	const place = user.page.locator('[aria-live=polite]').filter({ has: user.page.locator('.cf-banner') });
	const banner = user.page.getByText('You are offline. What you write is sent when the network is back.');
	// a live region speaks only when it was there before its text
	await user.page.evaluate(() => {
		window.places = [...document.querySelectorAll('[aria-live=polite]')];
	});
	await user.context.setOffline(true);
	await banner.waitFor();
	assert.ok(await place.evaluate((element) => window.places.includes(element)), 'a screen reader says it');
	await say(user, 'from the tunnel');
	await waiting(user).waitFor();
	await user.screenshot('offline-waiting');
	await user.context.setOffline(false);
	await banner.waitFor({ state: 'detached' });
	await log(admin).getByText('from the tunnel').waitFor();
	await waiting(user).waitFor({ state: 'detached' });
	assert.equal(await log(user).getByText('from the tunnel').count(), 1);
	forgive(user);
	user.assertQuiet();
});

test('the app: three messages, one with a picture, and a note are there once and in order after a reload', async () => {
	await inCharge(admin);
	await admin.context.setOffline(true);
	await say(admin, 'first of three');
	await admin.page.locator('input[type=file]').setInputFiles(PICTURE);
	await until('the picture can go', () => admin.page.getByRole('button', { name: 'Send' }).isEnabled(), Boolean);
	await say(admin, 'second with a picture');
	await log(admin).getByRole('img', { name: 'Picture: teapot.jpg' }).waitFor();
	await say(admin, 'third of three');
	await admin.page.getByRole('button', { name: 'Write a private note' }).click();
	await say(admin, 'not for customers');
	await until('four wait', () => waiting(admin).count(), (n) => n === 4);
	await admin.page.reload();
	await admin.page.getByRole('heading', { name: 'Confab cannot be reached' }).waitFor();
	await admin.context.setOffline(false); // and it comes back by itself
	await admin.page.getByRole('list', { name: 'Conversations' }).waitFor();
	await chooseConversation(admin, name);
	const all = ['first of three', 'second with a picture', 'third of three', 'not for customers'];
	await until('all are there', () => texts(admin, ...all), (seen) => seen.join() === all.join());
	await until('none waits', () => waiting(admin).count(), (n) => n === 0);
	const note = log(admin).locator('.cf-bubble--private');
	assert.deepEqual(await note.allInnerTexts(), ['not for customers']);
	await until('the customer has them', () => texts(user, ...all), (seen) => seen.join() === all.slice(0, 3).join());
	await log(user).getByRole('img', { name: 'Picture: teapot.jpg' }).waitFor();
	assert.equal(await log(user).getByText('not for customers').count(), 0);
	await until('none is kept', () => kept(admin), (n) => n === 0); // its answer may come behind its event
	forgive(admin);
});

test('two tabs of one person: each message goes once, also when the tab that wrote it is closed', async () => {
	const second = await user.context.newPage();
	await second.goto(user.page.url());
	const other = { page: second };
	await log(other).getByText('from the tunnel').waitFor();
	await user.context.setOffline(true);
	await say(other, 'from the second tab');
	await waiting(other).waitFor();
	await say(user, 'from the first tab');
	await waiting(user).first().waitFor();
	await second.close();
	await user.context.setOffline(false);
	const both = ['from the second tab', 'from the first tab'];
	await until('both are there', () => texts(admin, ...both), (seen) => seen.length === 2, 40000);
	await until('none waits', () => waiting(user).count(), (n) => n === 0);
	assert.deepEqual((await texts(user, ...both)).sort(), [...both].sort());
	forgive(user);
});

test("the SDK's channel: what waits in IndexedDB is sent once and in order after a reload", async () => {
	const all = ['one of the SDK', 'two of the SDK', 'three of the SDK'];
	// a store of its own, so that it is not the page's client that sends
	const open = () => user.page.evaluate(async () => {
		const options = { outbox: window.sdk.browserOutbox('of the test') };
		const channel = (await window.sdk.connect('main', { options })).channel('support', window.sdk.user.id);
		await channel.watch();
		window.channel = channel;
	});
	const shown = () => user.page.evaluate((list) => window.channel.state.messages.filter(({ text }) => list.includes(text)).map(({ text, delivery }) => `${text}: ${delivery}`), all);
	const inState = (delivery) => all.map((text) => `${text}: ${delivery}`).join();
	await inCharge(user);
	await loadSdk(user);
	await open();
	await user.context.setOffline(true);
	await user.page.evaluate((list) => void Promise.allSettled(list.map((text) => window.channel.sendMessage(text))), all);
	await until('they wait', shown, (now) => now.join() === inState('waiting'));
	await until('they are kept', () => kept(user), (n) => n === 3);
	await user.page.reload();
	await user.page.getByRole('button', { name: 'Try again' }).waitFor(); // the worker's page
	await user.context.setOffline(false);
	await user.page.getByRole('textbox', { name: 'Message' }).waitFor(); // it comes back by itself
	await loadSdk(user);
	assert.equal(await kept(user), 3);
	await open();
	await until('they are sent', shown, (now) => now.join() === inState('sent'));
	await until('the team has them', () => texts(admin, ...all), (seen) => seen.join() === all.join());
	await until('nothing is kept', () => kept(user), (n) => n === 0);
	await closeSdk(user);
	forgive(user);
	user.assertQuiet();
});

test('one that waits can be discarded; signing out leaves nothing', async () => {
	await user.context.setOffline(true);
	await say(user, 'better not');
	await waiting(user).waitFor();
	await user.page.getByRole('button', { name: 'Discard' }).click();
	await log(user).getByText('better not').waitFor({ state: 'detached' });
	await say(user, 'a secret');
	await waiting(user).waitFor();
	assert.equal(await until('it is kept', () => kept(user), (n) => n > 0), 1);
	await user.page.getByRole('button', { name: 'Sign out' }).click();
	await until('it is gone', () => kept(user), (n) => n === 0);
	await user.context.setOffline(false);
	assert.equal(await log(admin).getByText('better not').count(), 0);
	forgive(user);
});

test('the widget: three messages, one with a picture, are there once and in order after a reload', async () => {
	shop.set(daemon.url);
	const guest = await openPage(browser, shop.origin);
	const all = ['one from the shop', 'two with a picture', 'three from the shop'];
	const three = async () => {
		await write(guest, all[0]);
		await guest.page.locator('confab-widget input[type=file]').setInputFiles(PICTURE);
		await until('the picture can go', () => guest.page.getByRole('button', { name: 'Send' }).isEnabled(), Boolean);
		await write(guest, all[1]);
		await write(guest, all[2]);
		await until('three wait', () => panel(guest).getByText('Waiting for the connection').count(), (n) => n === 3);
	};
	const order = () => widgetLog(guest).evaluate((element, list) => element.innerText.split('\n').filter((line) => list.includes(line)), all);
	const reachable = async (on) => (on ? guest.context.unroute('**/api/**') : guest.context.route('**/api/**', (route) => route.abort('internetdisconnected')));
	const arrive = async (pictures) => {
		await reachable(true);
		await widgetLog(guest).getByRole('img', { name: /^(Delivered|Read)$/ }).waitFor({ timeout: 60000 });
		await until('none waits', () => panel(guest).getByText('Waiting for the connection').count(), (n) => n === 0);
		assert.deepEqual(await order(), all);
		await until('the pictures', () => widgetLog(guest).getByRole('img', { name: 'Picture: teapot.jpg' }).count(), (n) => n === pictures);
		assert.equal(await kept(guest), 0);
	};

	// somebody new, whom the server has never met
	await reachable(false);
	await openChat(guest);
	await three();
	await guest.page.reload();
	await until('they are back', order, (seen) => seen.join() === all.join());
	await arrive(1);
	await chooseConversation(admin, 'three from the shop');
	await until('the team has them', () => texts(admin, ...all), (seen) => seen.join() === all.join());

	// and somebody in a conversation
	all.splice(0, 3, 'four from the shop', 'five with a picture', 'six from the shop');
	await guest.context.setOffline(true);
	await three();
	await guest.page.goto('about:blank'); // or what waits would go between the network's return and the next line
	await guest.context.setOffline(false);
	await reachable(false);
	await guest.page.goto(shop.origin);
	await until('they are back', order, (seen) => seen.join() === all.join());
	await guest.screenshot('widget-waiting');
	await arrive(2);
	await until('the team has them', () => texts(admin, ...all), (seen) => seen.join() === all.join());
	forgive(guest);
	guest.assertQuiet();
	await guest.context.close();
});

test('a server that is away: to who has signed in here before, a page says so, and the app comes back by itself', async () => {
	const person = await openPage(browser, new URL(admin.page.url()).origin, { permissions: [] }); // nobody is asked for anything
	await person.page.getByRole('button', { name: 'Sign in' }).waitFor();
	assert.equal(await person.page.evaluate(async () => (await navigator.serviceWorker.getRegistration('/')) === undefined), true, 'not before');
	await person.context.addCookies(await admin.context.cookies());
	await person.page.reload();
	await inCharge(person);
	person.assertQuiet();
	await daemon.stop();
	await person.page.reload();
	const says = person.page.getByRole('heading', { name: 'Confab cannot be reached' });
	await says.waitFor();
	await Promise.all([person.page.waitForEvent('load'), person.page.getByRole('button', { name: 'Try again' }).click()]);
	await says.waitFor();
	await person.screenshot('offline-page');
	daemon = await startConfabd({ data, port: daemon.port, args: ['--widget-origin', shop.origin] });
	await person.page.getByRole('list', { name: 'Conversations' }).waitFor();
	await person.context.close();
});

test('another version of the app is there with the next load, whatever the worker of the old one is', async (t) => {
	const front = await startFront(t, daemon);
	const person = await openPage(browser, front.url);
	await person.context.addCookies((await admin.context.cookies()).map((cookie) => ({ ...cookie, domain: new URL(front.url).hostname })));
	await person.page.reload();
	await inCharge(person);
	front.slow = 1500; // browsers look for another worker a second after they asked for the page: one that came then cost the page its worker
	for (front.version = 2; front.version < 5; front.version++) {
		const tab = await person.context.newPage();
		const answer = await tab.goto(front.url);
		if (front.version === 2) assert.equal(answer.fromServiceWorker(), true, 'through the old worker');
		assert.equal(await tab.evaluate(() => document.querySelector('meta[name=version]').content), String(front.version));
		await tab.getByRole('list', { name: 'Conversations' }).waitFor();
	}
	assert.deepEqual(await person.page.evaluate(() => caches.keys()), [], 'it keeps nothing that could be old');
	person.assertQuiet();
	await person.context.close();
});
