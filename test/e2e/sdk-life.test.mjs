// SPDX-License-Identifier: Apache-2.0
// What happens to calls in real life: mounted twice, two tabs, tokens that expire, devices that go away, sleep.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { startConfabd } from '../lib/confabd.mjs';
import { launchChromium, openPage, until } from '../lib/browser.mjs';
import { signInByLink } from '../lib/app.mjs';
import { sign } from '../lib/jwt.mjs';
import { closeSdk, loadSdk } from '../lib/sdk.mjs';

let daemon, browser, admin, user;
before(async () => {
	daemon = await startConfabd();
	browser = await launchChromium();
	admin = await signInByLink(browser, daemon.links.admin);
	user = await signInByLink(browser, daemon.links.user);
	for (const person of [admin, user]) await loadSdk(person);
	await admin.page.evaluate(() => window.sdk.connect('main'));
});
after(async () => {
	await closeSdk(admin);
	await browser.close();
	await daemon.stop();
});

const remote = (person, id, name = 'main') => person.page.evaluate(([n, i]) => window.sdk.remote(n, i), [name, id]);
const state = (person, id, name = 'main') => person.page.evaluate(([n, i]) => window.sdk.call(n, i).state.callingState, [name, id]);
const sees = (person, id, users, ms = 30_000) =>
	until(`${users} in ${id}`, () => remote(person, id), (now) => JSON.stringify(now) === JSON.stringify(users), ms);
const adminJoins = (id) => admin.page.evaluate((i) => window.sdk.call('main', i).join({ create: true }), id);
const adminLeaves = (id) => admin.page.evaluate((i) => window.sdk.call('main', i).leave(), id);

test('double mount: effects that run, are cleaned up and run again leave one connection and no ghost', async () => {
	await adminJoins('mount');
	const result = await user.page.evaluate(async () => {
		const { VideoClient, apiKey, user: me, tokenProvider } = window.sdk;
		const mount = () => {
			const client = new VideoClient({ apiKey, user: me, tokenProvider, options: { devicePersistence: false } });
			const connected = client.connectUser();
			const call = client.call('default', 'mount');
			const joined = connected.then(() => call.join({ create: true }));
			const done = Promise.allSettled([connected, joined]);
			return { client, call, done, unmount: () => void client.disconnectUser() };
		};
		const first = mount();
		first.unmount();
		const second = mount();
		window.sdk.clients.main = second.client;
		const outcomes = [await first.done, await second.done].map((list) => list.map((o) => o.status).join());
		// the same client twice, as when only the call's effect is doubled
		const { call } = second;
		await call.leave();
		const one = call.join({ create: true });
		void call.leave();
		const two = call.join({ create: true });
		await one.catch(() => {});
		await two;
		return { outcomes, state: call.state.callingState };
	});
	assert.deepEqual(result, { outcomes: ['rejected,rejected', 'fulfilled,fulfilled'], state: 'joined' });
	await sees(admin, 'mount', ['user']);
	await closeSdk(user);
	await sees(admin, 'mount', []);
	await adminLeaves('mount');
});

test('two tabs of one person: two participants; closing one leaves the other in', async () => {
	const tab = await user.context.newPage();
	await tab.goto(daemon.url);
	const second = { page: tab };
	await loadSdk(second);
	await adminJoins('tabs');
	for (const one of [user, second]) {
		await one.page.evaluate(async () => {
			await window.sdk.connect('main');
			await window.sdk.call('main', 'tabs').join({ create: true });
		});
	}
	await sees(admin, 'tabs', ['user', 'user']);
	await sees(user, 'tabs', ['admin', 'user']);
	await tab.close();
	await sees(admin, 'tabs', ['user'], 60_000); // a busy browser ends a page before it has said goodbye: the server keeps its place for 30 s
	assert.equal(await state(user, 'tabs'), 'joined');
	await user.page.evaluate(() => window.sdk.call('main', 'tabs').leave());
	await adminLeaves('tabs');
});

test('a token that expires in the middle of a call is replaced, and nobody notices', async () => {
	await closeSdk(user);
	await user.page.exposeFunction('mint', (userId, lifeS) => {
		const now = Math.floor(Date.now() / 1000);
		return sign({ user_id: userId, iat: now - 5, exp: now + lifeS });
	});
	const result = await user.page.evaluate(async () => {
		let asked = 0;
		const states = [];
		const provider = () => window.mint(window.sdk.user.id, asked++ === 0 ? 2 : 600);
		const client = await window.sdk.connect('main', { provider });
		const call = client.call('default', 'expiry');
		await call.join({ create: true });
		call.state.callingState$.subscribe((now) => states.push(now));
		await new Promise((resolve) => setTimeout(resolve, 3500));
		await call.get();
		await client.chat.conversations();
		const done = { asked, states: [...states], connection: client.state.connectionState };
		await client.disconnectUser();
		return done;
	});
	assert.deepEqual(result, { asked: 2, states: ['joined'], connection: 'connected' });
});

test('a provider that fails once: connectUser rejects with its error as cause, and works the next time', async () => {
	const result = await user.page.evaluate(async () => {
		const { VideoClient, apiKey, user: me, tokenProvider } = window.sdk;
		let asked = 0;
		const provider = () => {
			if (asked++ === 0) throw new Error('no network just now');
			return tokenProvider();
		};
		const client = new VideoClient({ apiKey, user: me, tokenProvider: provider, options: { devicePersistence: false } });
		const first = await client.connectUser().catch((error) => ({ message: error.message, cause: error.cause?.message }));
		const call = client.call('default', 'provider');
		const before = await call.join({ create: true }).catch((error) => error.message);
		await client.connectUser();
		await call.join({ create: true });
		const after = call.state.callingState;
		await client.disconnectUser();
		return { first, before, after };
	});
	assert.equal(result.first.cause, 'no network just now');
	assert.match(result.before, /^User token is not set/);
	assert.equal(result.after, 'joined');
});

test('leave during join wins at any moment, and nobody is left behind in the call', async (t) => {
	const person = await fresh(t, user);
	await adminJoins('hurry');
	for (const wait of [0, 10, 40, 120, 300]) {
		const result = await person.page.evaluate(async (ms) => {
			const call = window.sdk.call('main', 'hurry');
			const joining = call.join({ create: true }).then(() => 'joined', () => 'rejected');
			await new Promise((resolve) => setTimeout(resolve, ms));
			await call.leave();
			await joining;
			await new Promise((resolve) => setTimeout(resolve, 100));
			return { state: call.state.callingState, people: call.state.participants.length, camera: call.camera.state.status };
		}, wait);
		assert.deepEqual(result, { state: 'left', people: 0, camera: undefined }, `after ${wait} ms`);
	}
	await sees(admin, 'hurry', []);
	await adminLeaves('hurry');
});

/**
 * Somebody in a browser of their own: in one that has opened and closed its fake camera many times, Chromium gives no
 * more pictures to any page.
 */
async function fresh(t, who, args = []) {
	const own = await launchChromium({ args });
	t.after(() => own.close());
	const person = await openPage(own, who === admin ? daemon.links.admin.split('/signin')[0] : daemon.url, { storageState: await who.context.storageState() });
	await loadSdk(person);
	await person.page.evaluate(() => window.sdk.connect('main'));
	return person;
}

/** The devices of the page fail like this from now on; the track that runs ends, as when it is pulled out. */
const pullOut = (person, id, kind, errorName, permission) =>
	person.page.evaluate(([i, k, name, answer]) => {
		const fail = async () => {
			throw new DOMException('gone', name);
		};
		navigator.mediaDevices.getUserMedia = fail;
		if (answer) navigator.permissions.query = async () => Object.assign(new EventTarget(), { state: answer });
		const { track } = window.sdk.call('main', i)[k].state;
		track.stop();
		track.dispatchEvent(new Event('ended'));
	}, [id, kind, errorName, permission]);

for (const [title, errorName, permission, reason] of [
	['a device that is unplugged', 'NotFoundError', undefined, 'lost'],
	["the browser's permission that is taken away", 'NotAllowedError', 'denied', 'denied'],
]) {
	test(`${title}: off, with the reason, and the call goes on`, async (t) => {
		const id = `device-${reason}`;
		const person = await fresh(t, user);
		await adminJoins(id);
		await person.page.evaluate((i) => window.sdk.call('main', i).join({ create: true }), id);
		await until('camera on', () => person.page.evaluate((i) => window.sdk.call('main', i).camera.state.status, id), (now) => now === 'enabled');
		const picture = () => admin.page.evaluate((i) => window.sdk.call('main', i).state.remoteParticipants[0]?.videoTrack !== undefined, id);
		await until('a picture', picture, (now) => now);
		await pullOut(person, id, 'camera', errorName, permission);
		const camera = () => person.page.evaluate((i) => {
			const call = window.sdk.call('main', i);
			return { status: call.camera.state.status, reason: call.camera.state.error?.reason, state: call.state.callingState };
		}, id);
		await until('camera off', camera, (now) => now.status === 'disabled' && now.reason === reason && now.state === 'joined');
		await until('no picture', picture, (now) => !now);
		await closeSdk(person);
		await adminLeaves(id);
	});
}

/** To all of them but those that have ended since somebody looked: browsers have processes that come and go. */
function signal(name, pids) {
	for (const pid of pids) {
		try {
			process.kill(Number(pid), name);
		} catch (error) {
			if (error.code !== 'ESRCH') throw error;
		}
	}
}

/** Every process of a browser of its own, stopped as when a laptop is closed. */
function processesOf(marker) {
	return fs.readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
		try {
			return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker);
		} catch {
			return false;
		}
	});
}

test('sleep and wake: the call comes back by itself, and the others see one person, not two', async (t) => {
	const marker = `--user-agent=confab-sleeper-${process.pid}`;
	const [sleeper, host] = [await fresh(t, user, [marker]), await fresh(t, admin)];
	for (const person of [host, sleeper]) await person.page.evaluate(() => window.sdk.call('main', 'sleep').join({ create: true }));
	await sees(host, 'sleep', ['user']);
	const pids = processesOf(marker);
	assert.ok(pids.length > 1, 'the browser has processes');
	signal('SIGSTOP', pids);
	await new Promise((resolve) => setTimeout(resolve, 20_000));
	signal('SIGCONT', pids);
	await until('joined again', () => state(sleeper, 'sleep'), (now) => now === 'joined', 30_000);
	await sees(host, 'sleep', ['user']);
	const frames = () => sleeper.page.evaluate(async () => {
		let decoded = 0;
		for (const pc of window.peerConnections) {
			if (pc.connectionState === 'closed') continue;
			for (const report of (await pc.getStats()).values()) if (report.type === 'inbound-rtp' && report.kind === 'video') decoded += report.framesDecoded;
		}
		return decoded;
	});
	const start = await frames();
	await until('media again', frames, (now) => now !== start && now > 0, 30_000);
	await until('events again', () => sleeper.page.evaluate(() => window.sdk.clients.main.state.connectionState), (now) => now === 'connected', 30_000);
});

test('a page that is frozen loses its connection; it comes back with what was on, and shows it so', async (t) => {
	const [frozen, host] = [await fresh(t, user), await fresh(t, admin)];
	for (const person of [host, frozen]) await person.page.evaluate(() => window.sdk.call('main', 'frozen').join({ create: true }));
	const devices = () => frozen.page.evaluate(() => {
		const { state, camera, microphone } = window.sdk.call('main', 'frozen');
		return [state.callingState, camera.state.status, microphone.state.status];
	});
	const seen = () => host.page.evaluate(() => window.sdk.call('main', 'frozen').state.remoteParticipants.map(({ userId, isMuted, videoTrack }) => [userId, isMuted, Boolean(videoTrack)]));
	const on = (list) => JSON.stringify(list) === JSON.stringify([['user', false, true]]);
	await until('on', devices, (now) => now.join() === 'joined,enabled,enabled', 30_000);
	await until('seen', seen, on);
	// what browsers tell such a page; livekit-client then leaves the room. It may be back before anybody looks
	await frozen.page.evaluate(() => {
		window.states = [];
		window.sdk.call('main', 'frozen').state.callingState$.subscribe((state) => window.states.push(state));
		window.dispatchEvent(new Event('freeze'));
	});
	await until('lost', () => frozen.page.evaluate(() => window.states), (states) => states.includes('reconnecting'));
	await until('back and on', devices, (now) => now.join() === 'joined,enabled,enabled', 30_000);
	await until('seen again, once', seen, on);
});

test('no error in any console', () => {
	admin.assertQuiet();
	assert.deepEqual(user.problems.filter((line) => !/401/.test(line)), []); // the browser's own line about the expired token
});
