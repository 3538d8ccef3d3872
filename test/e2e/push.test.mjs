// SPDX-License-Identifier: Apache-2.0
// Notifications while no page is open: the switch, the service worker, what the server really sends. Chromium here has no
// push service: a local one takes what the server sends, the test opens it and hands it to the worker through DevTools.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';
import { callDialog } from '../lib/app.mjs';
import { launchChromium, openPage, until } from '../lib/browser.mjs';
import { addPerson, at } from '../lib/people.mjs';
import { confab, startConfabd } from '../lib/confabd.mjs';
import { Browser, connectWorker, notices, startPushService, stubPushManager } from '../lib/push.mjs';

const PASSWORD = 'a password of nobody in particular';
const LABEL = { en: 'Notifications while Confab is closed', de: 'Meldungen, während Confab geschlossen ist' };

let service, daemon, browser, boss, seen = 0;
before(async () => {
	service = await startPushService();
	daemon = await startConfabd({ args: ['--push-local'] });
	boss = await addPerson(daemon, 'boss', 'admin', 'The Boss');
	browser = await launchChromium();
});
after(async () => {
	await browser.close();
	await daemon.stop();
	service.close();
});

const home = (path = '/') => new URL(path, daemon.url).href;
const pushSwitch = (person, language = 'en') => person.page.getByRole('switch', { name: LABEL[language] });
const write = async (conversation, text) => {
	const { status, body } = await boss.call('POST', `/api/v1/conversations/${conversation}/messages`, { text, client_id: crypto.randomUUID() });
	assert.equal(status, 201, JSON.stringify(body));
};
const ring = async (id, members) => assert.equal((await boss.call('POST', at('default', id), { ring: true, data: { members: members.map((user_id) => ({ user_id })), settings_override: { ring: { auto_cancel_timeout_ms: 90000, incoming_call_timeout_ms: 90000 } } } })).status, 201);

/** What the server sent next, opened with the device's keys. */
async function sent(device) {
	const push = (await service.until(++seen))[seen - 1];
	assert.equal(push.path, new URL(device.endpoint).pathname);
	return device.open(push.body);
}

/** Leaves the app, and the server has noticed: whoever has a page open is told there and nowhere else. */
async function away(person) {
	await person.page.goto('about:blank');
	const sockets = async () => Number(/^confab_event_sockets (\d+)/m.exec(await (await fetch(`${daemon.url}/metrics`)).text())[1]);
	await until('no event socket is open', sockets, (count) => count === 0);
}

/** A customer of the name, signed in, at /#/settings; their device has a (local) push service. */
async function customer(t, id, options = {}) {
	const device = new Browser(`${service.origin}/${crypto.randomUUID()}`);
	confab(['user', 'add', id, '--role', 'user', '--name', id, '--password-stdin', '--data', daemon.data], `${PASSWORD}\n`);
	const person = await openPage(browser, 'about:blank', options);
	t.after(() => person.context.close());
	if (!options.permissions) await person.context.grantPermissions(['notifications']);
	await stubPushManager(person.context, device.subscription);
	await person.page.goto(home());
	await person.page.evaluate(async (body) => {
		await fetch('/api/auth/login', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
	}, { userId: id, password: PASSWORD });
	await person.page.goto(home('/#/settings'));
	await person.page.reload();
	await pushSwitch(person, options.locale).waitFor();
	return { person, id, device };
}

/** And switched on, with the page from where the worker is looked at, and the way to the worker. */
async function subscribed(t, id, options = {}) {
	const { person, device } = await customer(t, id, options);
	const control = pushSwitch(person, options.locale);
	await until('the switch', () => control.isEnabled(), Boolean);
	await control.click();
	await until('it is on', () => control.isChecked(), Boolean);
	const outside = await person.context.newPage();
	await outside.goto(home('/healthz')); // of the same origin, but not the app
	const deliver = await connectWorker(outside);
	return { person, id, device, outside, deliver };
}

const shown = (page, check, ms = 15000) => until('the notification', () => notices(page), check, ms);

test('a message and a ring arrive in the language of the device, and lead to the right place', { timeout: 120000 }, async (t) => {
	const { person, id: me, device, outside, deliver } = await subscribed(t, 'dora', { locale: 'de' });
	await away(person);

	await write(me, 'Your parcel is here');
	await deliver(await sent(device));
	const [first] = await shown(outside, (all) => all.length === 1);
	assert.deepEqual([first.title, first.body, first.tag, first.lang, first.icon], ['The Boss', 'Your parcel is here', `message ${me}`, 'de', '/icons/icon-192.png']);
	await write(me, 'Come and get it');
	await deliver(await sent(device));
	const [second] = await shown(outside, (all) => all[0]?.body === 'Come and get it');
	assert.equal(second.title, 'The Boss – 2 neue Nachrichten');

	const id = crypto.randomUUID();
	await ring(id, [me]);
	const payload = await sent(device);
	await deliver(payload);
	const all = await shown(outside, (list) => list.length === 2);
	const rings = all.find(({ tag }) => tag === `call default:${id}`);
	assert.deepEqual([rings.title, rings.body, rings.requireInteraction, rings.silent], ['The Boss ruft an', 'Videoanruf', true, false]);
	assert.deepEqual(rings.actions, [['accept', 'Annehmen'], ['decline', 'Ablehnen']]);

	// the caller gives up: the server says so, and it stands in the place of the ring
	assert.equal((await boss.call('POST', at('default', id, 'reject'), {})).status, 200);
	await deliver(await sent(device));
	const ended = await shown(outside, (list) => list.some(({ title }) => title === 'Verpasster Anruf von The Boss'));
	assert.deepEqual(ended.filter(({ tag }) => tag === rings.tag).map(({ requireInteraction, silent, actions }) => [requireInteraction, silent, actions]), [[false, true, []]]);

	// the ring of a group names it
	const roofers = { ...payload, cid: 'default:roofers', channel_name: 'Roofers' };
	await deliver(roofers);
	await shown(outside, (list) => list.some(({ title }) => title === 'The Boss ruft in Roofers an'));
	await deliver({ ...roofers, type: 'call.ring_ended', outcome: 'missed' });
	await shown(outside, (list) => list.some(({ title }) => title === 'Verpasster Anruf von The Boss in Roofers'));

	// its time is over, by the clock: the push was late
	await deliver({ ...payload, cid: 'default:late', expires_at: new Date(Date.now() - 1000).toISOString() });
	await shown(outside, (list) => list.some(({ tag, title }) => tag === 'call default:late' && title === 'Verpasster Anruf von The Boss'));

	// a ring whose end nobody tells; there is time to see it ring on a busy machine, too
	await deliver({ ...payload, cid: 'default:short', expires_at: new Date(Date.now() + 6000).toISOString() });
	await shown(outside, (list) => list.some(({ tag, requireInteraction }) => tag === 'call default:short' && requireInteraction));
	await shown(outside, (list) => list.some(({ tag, title }) => tag === 'call default:short' && title === 'Verpasster Anruf von The Boss'));

	// what a newer server may send
	for (const strange of ['', 'nonsense', '{"type":"other"}']) await deliver(strange);
	await shown(outside, (list) => list.some(({ title, body }) => title === 'Confab' && /\w/.test(body)));
	person.assertQuiet();
});

test('nothing of a conversation that is before somebody’s eyes; what was seen is put away', { timeout: 120000 }, async (t) => {
	const { person, id: me, outside, deliver } = await subscribed(t, 'sina');
	// the worker waits half a second for what the page says; how long is not what is shown here, and a busy machine's page takes longer
	await person.context.serviceWorkers()[0].evaluate(() => {
		const wait = self.setTimeout;
		self.setTimeout = (work, ms) => wait(work, 20 * ms);
	});
	const message = (conversation, text) => ({ type: 'message.new', conversation_id: conversation, user: { id: 'boss', name: 'The Boss' }, text, attachments: 0, language: 'en' });
	// another page of the app: it is not before anybody's eyes
	await person.page.bringToFront();
	await deliver(message(me, 'one'));
	await shown(outside, (all) => all.length === 1);
	await person.page.getByRole('link', { name: 'Chat' }).click();
	await shown(outside, (all) => all.length === 0);

	await deliver(message(me, 'two'));
	await deliver(message('somebody-else', 'three')); // in turn: when this is there, the other one was decided
	const all = await shown(outside, (list) => list.length > 0);
	assert.deepEqual(all.map(({ body }) => body), ['three']);
	person.assertQuiet();
});

/** What a person does with a notification; openWindow, which wants a person's press, is only written down. */
const press = (worker, tag, action = '') =>
	worker.evaluate(async ([tag, action]) => {
		const [notification] = await self.registration.getNotifications({ tag });
		const event = new NotificationEvent('notificationclick', { notification, action });
		const work = [], opened = [];
		event.waitUntil = (promise) => work.push(promise); // which only the browser's own events have
		self.clients.openWindow = async (url) => void opened.push(url);
		self.dispatchEvent(event);
		await Promise.all(work);
		return { opened, left: (await self.registration.getNotifications({ tag })).length };
	}, [tag, action]);

test('a press leads to the conversation; Accept into the call; Decline declines without a page', { timeout: 120000 }, async (t) => {
	const { person, id: me, device, outside, deliver } = await subscribed(t, 'prem');
	const worker = person.context.serviceWorkers()[0];
	await away(person);
	await write(me, 'Are you there?');
	const payload = await sent(device);
	await deliver(payload);
	await shown(outside, (all) => all.length === 1);
	assert.deepEqual(await press(worker, `message ${me}`), { opened: [`/#/c/${me}`], left: 0 });

	// a page that is open is led there
	await person.page.goto(home('/#/settings'));
	await pushSwitch(person).waitFor();
	await deliver(payload);
	await shown(outside, (all) => all.length === 1);
	assert.deepEqual(await press(worker, `message ${me}`), { opened: [], left: 0 });
	await person.page.getByRole('log').getByText('Are you there?').waitFor();
	await away(person);

	const declined = crypto.randomUUID();
	await ring(declined, [me]);
	await deliver(await sent(device));
	await shown(outside, (all) => all.length === 1);
	assert.deepEqual(await press(worker, `call default:${declined}`, 'decline'), { opened: [], left: 0 });
	await deliver(await sent(device)); // to each of the person's devices, this one among them
	const [over] = await shown(outside, (all) => all.length === 1);
	assert.deepEqual([over.title, over.silent, over.requireInteraction], ['Call from The Boss: declined', true, false]);
	assert.deepEqual(await press(worker, `call default:${declined}`), { opened: ['/'], left: 0 });
	const state = async () => (await boss.call('GET', at('default', declined))).body.ring;
	await until('the call is declined', state, (now) => now === null || now.state === 'ended');

	const accepted = crypto.randomUUID();
	await ring(accepted, [me]);
	await deliver(await sent(device));
	await shown(outside, (all) => all.length === 1);
	const { opened } = await press(worker, `call default:${accepted}`, 'accept');
	assert.deepEqual(opened, [`/#/answer/${encodeURIComponent(`default:${accepted}`)}`]);
	await person.page.goto(home(opened[0]));
	await callDialog(person).waitFor({ timeout: 30000 });
	await until('the ring is accepted', async () => (await boss.call('GET', at('default', accepted))).body.ring, (now) => now?.state === 'accepted', 30000);
	await deliver(await sent(device)); // that it was answered: the page shows it
	await deliver({ ...payload, conversation_id: 'somebody-else' });
	assert.deepEqual((await shown(outside, (all) => all.length > 0)).map(({ tag }) => tag), ['message somebody-else']);
	await callDialog(person).getByRole('button', { name: 'Leave call' }).click();
	person.assertQuiet();
});

test('the browser changes the subscription: the server is told the new one', { timeout: 120000 }, async (t) => {
	const { person, id: me } = await subscribed(t, 'chan');
	const next = new Browser(`${service.origin}/${crypto.randomUUID()}`);
	await away(person);
	await person.context.serviceWorkers()[0].evaluate(async (subscription) => {
		PushManager.prototype.subscribe = async ({ applicationServerKey }) => ({ toJSON: () => subscription, unsubscribe: async () => true, options: { applicationServerKey } });
		const event = new Event('pushsubscriptionchange');
		const work = [];
		event.waitUntil = (promise) => work.push(promise);
		self.dispatchEvent(event);
		await Promise.all(work);
	}, next.subscription);
	await write(me, 'to the new one');
	assert.equal((await sent(next)).text, 'to the new one');
});

test('the switch: off, blocked, not there; signing out ends it', { timeout: 120000 }, async (t) => {
	const { person, id: me, device, outside } = await subscribed(t, 'olga');
	await person.page.reload();
	await until('it is still on', () => pushSwitch(person).isChecked(), Boolean);
	await pushSwitch(person).focus();
	await person.page.keyboard.press('Space');
	await person.page.getByRole('status').filter({ hasText: 'This device is not told any more' }).waitFor();
	await until('it is off', () => pushSwitch(person).isChecked(), (on) => !on);
	await person.page.keyboard.press('Space');
	await until('it is on again', () => pushSwitch(person).isChecked(), Boolean);

	// the next person at this browser hears nothing of this one
	await outside.evaluate(async () => (await navigator.serviceWorker.getRegistration('/')).showNotification('left over'));
	await person.page.getByRole('button', { name: 'Sign out' }).first().click();
	await person.page.getByRole('button', { name: 'Sign in' }).waitFor();
	await until('the subscription is gone', () => outside.evaluate(() => localStorage.getItem('test.push.key')), (key) => key === null); // signing out waits 3 s for it at most
	await shown(outside, (all) => all.length === 0); // the browser takes them away a moment after it was told to
	person.assertQuiet();
	const other = await subscribed(t, 'otto');
	await away(other.person);
	await write(me, 'to nobody');
	await write(other.id, 'to Otto');
	assert.equal((await sent(other.device)).text, 'to Otto');
	assert.ok(!service.seen.some(({ path }) => path === new URL(device.endpoint).pathname));

	const blocked = await customer(t, 'bela', { permissions: [] }); // which blocks all the others
	await blocked.person.page.getByText('Your browser blocks notifications of this page.').waitFor();
	assert.equal(await pushSwitch(blocked.person).isDisabled(), true);

	const old = await openPage(browser, 'about:blank');
	t.after(() => old.context.close());
	await old.context.addCookies(await blocked.person.context.cookies());
	await old.context.addInitScript(() => delete window.PushManager);
	await old.page.goto(home('/#/settings'));
	await old.page.getByText('This browser cannot receive them.').waitFor();
	assert.equal(await pushSwitch(old).isDisabled(), true);
	for (const { assertQuiet } of [other.person, blocked.person, old]) assertQuiet();
});

test('a server that sends none says so beside the switch', { timeout: 60000 }, async (t) => {
	const other = await startConfabd({ args: ['--no-push'] });
	t.after(() => other.stop());
	const person = await openPage(browser, other.links.user);
	t.after(() => person.context.close());
	await person.context.grantPermissions(['notifications']);
	await person.page.getByRole('textbox', { name: 'Message' }).waitFor();
	await person.page.getByRole('link', { name: 'Settings' }).click();
	await person.page.getByText('They are switched off on this server.').waitFor();
	assert.equal(await pushSwitch(person).isDisabled(), true);
	person.assertQuiet();
});

test('the app can be installed, in the language and colours of the page; its worker is never stale', { timeout: 60000 }, async (t) => {
	for (const [options, lang, color] of [[{ locale: 'en-GB', colorScheme: 'light' }, 'en', '#ffffff'], [{ locale: 'ar', colorScheme: 'dark' }, 'ar', '#16191f']]) {
		const person = await openPage(browser, home(), options);
		t.after(() => person.context.close());
		await person.page.locator('form').waitFor();
		const session = await person.context.newCDPSession(person.page);
		const { url, data, errors } = await session.send('Page.getAppManifest');
		assert.deepEqual(errors, [], url);
		const manifest = JSON.parse(data);
		assert.deepEqual([manifest.lang, manifest.dir, manifest.theme_color, manifest.display], [lang, lang === 'ar' ? 'rtl' : 'ltr', color, 'standalone']);
		assert.equal(manifest.description, await person.page.locator('meta[name="description"]').getAttribute('content'));
		for (const { src, sizes } of manifest.icons) {
			const size = await person.page.evaluate(async (address) => {
				const image = new Image();
				image.src = address;
				await image.decode();
				return `${image.naturalWidth}x${image.naturalHeight}`;
			}, src);
			if (sizes !== 'any') assert.equal(size, sizes, src);
		}
		const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
		assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito'), []);
		person.assertQuiet();
	}
	const worker = await fetch(home('/sw.js'));
	assert.equal(worker.headers.get('content-type'), 'text/javascript; charset=utf-8');
	assert.equal(worker.headers.get('cache-control'), 'no-cache');
	assert.match(worker.headers.get('content-security-policy'), /default-src 'self'/);
	const page = await (await fetch(home())).text();
	const [, version] = /src="\/assets\/(app-\w+\.js)"/.exec(page);
	assert.ok((await worker.text()).startsWith(`/* SPDX-License-Identifier: Apache-2.0 · ${version} */`), 'a build of the app is a build of the worker');
});
