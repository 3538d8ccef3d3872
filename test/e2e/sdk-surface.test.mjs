// SPDX-License-Identifier: Apache-2.0
// The SDK's surface against the real server: rights, moderation, reactions, events, queries, guests, viewers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startConfabd } from '../lib/confabd.mjs';
import { launchChromium, until } from '../lib/browser.mjs';
import { signInByLink } from '../lib/app.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { closeSdk, loadSdk } from '../lib/sdk.mjs';

let daemon, browser, admin, user;
let late = 0; // so much later than the event socket's are the words of the user's signalling, in ms
before(async () => {
	daemon = await startConfabd();
	browser = await launchChromium({ fps: 10 });
	admin = await signInByLink(browser, daemon.links.admin);
	user = await signInByLink(browser, daemon.links.user);
	await user.page.routeWebSocket(/\/rtc/, (socket) => {
		const server = socket.connectToServer();
		server.onMessage((message) => (late ? setTimeout(() => socket.send(message), late) : socket.send(message)));
	});
	await user.page.reload(); // or it would not be routed
	await user.page.getByRole('textbox', { name: 'Message' }).waitFor();
	for (const person of [admin, user]) {
		await loadSdk(person);
		await person.page.evaluate(() => window.sdk.connect('main'));
	}
});
after(async () => {
	for (const person of [admin, user]) await closeSdk(person);
	await browser.close();
	await daemon.stop();
});

/** Runs a function of (call, client, sdk) in a person's page, with that person's handle on the call. */
const on = (person, id, body, type = 'default') =>
	person.page.evaluate(`(async () => {
		const { sdk } = window;
		const client = sdk.clients.main;
		const call = client.call(${JSON.stringify(type)}, ${JSON.stringify(id)});
		return (${body})(call, client, sdk);
	})()`);
const MEMBERS = [{ user_id: 'admin', role: 'host' }, { user_id: 'user' }];
const make = (id, type) => on(admin, id, `async (call) => { await call.join({ create: true, data: { members: ${JSON.stringify(MEMBERS)} } }); }`, type);
const enter = (id, type) => on(user, id, 'async (call) => { await call.join(); }', type);
const stateOf = (person, id, what, type) => on(person, id, `(call) => ${what}`, type);
const eventually = (person, id, what, wanted, type) =>
	until(`${what} to be ${JSON.stringify(wanted)}`, () => stateOf(person, id, what, type), (value) => JSON.stringify(value) === JSON.stringify(wanted));

test('getOrCreate, get, members, update, queryMembers, queryCalls', async () => {
	const made = await on(admin, 'plan', `async (call) => {
		await call.getOrCreate({ data: { members: ${JSON.stringify(MEMBERS)}, custom: { topic: 'x' } } });
		await call.update({ custom: { topic: 'y' } });
		const { members } = await call.queryMembers({ filter_conditions: { user_id: 'user' } });
		return { mine: call.isCreatedByMe, state: call.state.callingState, custom: call.state.custom, found: members.map((m) => m.user_id) };
	}`);
	assert.deepEqual(made, { mine: true, state: 'idle', custom: { topic: 'y' }, found: ['user'] });
	const found = await on(user, 'plan', `async (call, client) => {
		const { calls } = await client.queryCalls({ filter_conditions: { 'custom.topic': 'y' }, sort: [{ field: 'created_at', direction: -1 }], limit: 5, watch: true });
		return calls.map((one) => [one.cid, one.state.custom.topic]);
	}`);
	assert.deepEqual(found, [['default:plan', 'y']]);
	await on(admin, 'plan', "async (call) => { await call.updateCallMembers({ remove_members: ['user'] }); }");
	assert.deepEqual(await stateOf(admin, 'plan', 'call.state.members.map((m) => m.user_id)'), ['admin']);
});

test('a right that is revoked stops the track at once, and a request for it is granted', async () => {
	await make('rights');
	await enter('rights');
	await eventually(user, 'rights', 'call.microphone.state.status', 'enabled');
	await on(admin, 'rights', "async (call) => { await call.revokePermissions('user', ['send-audio']); }");
	await eventually(user, 'rights', 'call.microphone.state.status', 'disabled');
	await eventually(user, 'rights', "call.permissionsContext.hasPermission('send-audio')", false);
	await eventually(admin, 'rights', 'call.state.remoteParticipants.map((p) => p.isMuted)', [true]);
	const refused = await on(user, 'rights', 'async (call) => call.microphone.enable().catch((error) => error.code)');
	assert.equal(refused, 17);
	await on(user, 'rights', "async (call) => { await call.requestPermissions({ permissions: ['send-audio'] }); }");
	await eventually(admin, 'rights', 'call.state.permissionRequests.map(({ user }) => user.id)', ['user']);
	late = 500;
	await on(admin, 'rights', "async (call) => { await call.grantPermissions('user', ['send-audio']); }");
	await eventually(user, 'rights', "call.permissionsContext.hasPermission('send-audio')", true);
	assert.equal(await stateOf(user, 'rights', 'call.microphone.state.status'), 'disabled'); // granted is not turned on
	await on(user, 'rights', 'async (call) => { await call.microphone.enable(); }'); // waits for signalling to know of it, too
	await eventually(admin, 'rights', 'call.state.remoteParticipants.map((p) => p.isMuted)', [false]);
	late = 0;
	const forbidden = await on(user, 'rights', "async (call) => call.revokePermissions('admin', ['send-audio']).catch((error) => error.code)");
	assert.equal(forbidden, 17);
});

test('muted by somebody: off on both sides, and one may unmute', async () => {
	await on(admin, 'rights', "async (call) => { await call.muteUser('user', 'audio'); }");
	await eventually(user, 'rights', 'call.microphone.state.status', 'disabled');
	await eventually(admin, 'rights', 'call.state.remoteParticipants.map((p) => p.isMuted)', [true]);
	await on(user, 'rights', 'async (call) => { await call.microphone.enable(); }');
	await eventually(admin, 'rights', 'call.state.remoteParticipants.map((p) => p.isMuted)', [false]);
	await on(admin, 'rights', "async (call) => { await call.muteAllUsers('video'); }");
	await eventually(user, 'rights', 'call.camera.state.status', 'disabled');
});

test('reactions and custom events', async () => {
	await on(admin, 'rights', '(call) => { window.heard = []; call.on("custom", (event) => window.heard.push([event.user.id, event.custom])); }');
	await on(user, 'rights', "async (call) => { await call.sendReaction({ type: 'like' }); await call.sendCustomEvent({ n: 1 }); }");
	await eventually(admin, 'rights', 'call.state.remoteParticipants.map((p) => p.reaction?.type)', ['like']);
	await eventually(admin, 'rights', 'window.heard', [['user', { n: 1 }]]);
	await on(admin, 'rights', '(call) => call.resetReaction(call.state.remoteParticipants[0].sessionId)');
	await eventually(admin, 'rights', 'call.state.remoteParticipants.map((p) => p.reaction ?? null)', [null]);
	const big = await on(user, 'rights', "async (call) => call.sendCustomEvent({ text: 'x'.repeat(6000) }).catch((error) => [error.statusCode, error.code])");
	assert.deepEqual(big, [413, 22]);
});

test('kicked: LEFT, and may come back; blocked: may not, until unblocked', async () => {
	await on(admin, 'rights', "async (call) => { await call.kickUser('user'); }");
	await eventually(user, 'rights', 'call.state.callingState', 'left');
	await enter('rights');
	await on(admin, 'rights', "async (call) => { await call.blockUser('user'); }");
	await eventually(user, 'rights', 'call.state.callingState', 'left');
	const refused = await on(user, 'rights', 'async (call) => call.join().then(() => "joined", (error) => error.statusCode)');
	assert.ok(refused === 403 || refused === 404, String(refused));
	await on(admin, 'rights', "async (call) => { await call.unblockUser('user'); }");
	await enter('rights');
	assert.equal(await stateOf(user, 'rights', 'call.state.callingState'), 'joined');
});

test('endCall puts everybody out, and recording says that there is none', async () => {
	const recording = await on(admin, 'rights', `async (call) => {
		const words = [];
		for (const run of [() => call.startRecording(), () => call.stopRecording(), () => call.queryRecordings()]) words.push(await run().catch((error) => error.message));
		return words;
	}`);
	assert.equal(recording.length, 3);
	for (const words of recording) assert.match(words, /^This server does not record calls\. Record as a participant/);
	await on(admin, 'rights', 'async (call) => { await call.endCall(); }');
	await eventually(user, 'rights', 'call.state.callingState', 'left');
	await eventually(admin, 'rights', 'call.state.callingState', 'left');
	assert.notEqual(await stateOf(admin, 'rights', 'call.state.endedAt ?? null'), null);
});

test('backstage: nobody enters before goLive', async () => {
	await on(admin, 'show', `async (call) => { await call.getOrCreate({ data: { members: ${JSON.stringify(MEMBERS.slice(0, 1))} } }); }`, 'livestream');
	assert.equal(await stateOf(admin, 'show', 'call.state.backstage', 'livestream'), true);
	const before = await on(user, 'show', 'async (call) => call.join().then(() => 200, (error) => error.statusCode)', 'livestream');
	assert.ok(before === 403 || before === 404, String(before));
	await on(admin, 'show', 'async (call) => { await call.goLive(); }', 'livestream');
	await enter('show', 'livestream');
	assert.equal(await stateOf(user, 'show', 'call.state.callingState', 'livestream'), 'joined');
});

test('an anonymous viewer enters the calls of the token only, and stopLive puts viewers out', async () => {
	const token = sign({ user_id: '!anon', role: 'viewer', call_cids: ['livestream:show'], iat: now() - 5, exp: now() + 600 });
	const seen = await user.page.evaluate(async (t) => {
		const { VideoClient, apiKey } = window.sdk;
		const viewer = new VideoClient({ apiKey, options: { devicePersistence: false } });
		window.sdk.clients.viewer = viewer;
		await viewer.connectUser({ type: 'anonymous' }, t);
		const call = viewer.call('livestream', 'show');
		await call.join();
		const other = await viewer.call('default', 'plan').join().then(() => 200, (error) => error.statusCode);
		return { state: call.state.callingState, camera: call.camera.state.status, other };
	}, token);
	assert.equal(seen.state, 'joined');
	assert.equal(seen.camera, 'disabled');
	assert.ok(seen.other === 403 || seen.other === 404, String(seen.other));
	await on(admin, 'show', 'async (call) => { await call.stopLive(); }', 'livestream');
	await until('the viewer to be out', () => user.page.evaluate(() => window.sdk.clients.viewer.call('livestream', 'show').state.callingState), (state) => state === 'left');
	await eventually(user, 'show', 'call.state.callingState', 'left', 'livestream');
});

test('a guest needs no account and no token', async () => {
	const guest = await user.page.evaluate(async () => {
		const { VideoClient, apiKey } = window.sdk;
		const client = new VideoClient({ apiKey, options: { devicePersistence: false } });
		window.sdk.clients.guest = client;
		const me = await client.connectUser({ type: 'guest', name: 'Gus' });
		return { name: me.name, role: me.role, id: me.id, same: client.state.connectedUser.id === me.id };
	});
	assert.equal(guest.name, 'Gus');
	assert.equal(guest.role, 'guest');
	assert.ok(guest.id && guest.same);
});

test('no error in any console but the refusals that were asked for', () => {
	for (const person of [admin, user]) assert.deepEqual(person.problems.filter((line) => !/40[0349]|413/.test(line)), []);
});
