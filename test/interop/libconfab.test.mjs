// SPDX-License-Identifier: Apache-2.0
// libconfab against a running server, where people answer through the API: the order of calls, ringing, chat, tokens
// that expire, mute, data, another loop, another LiveKit server. With browsers: test/e2e/c-client.test.mjs.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RoomServiceClient } from 'livekit-server-sdk';
import { apiKey, apiSecret, root } from '../lib/confabd.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { at, startWithPeople } from '../lib/people.mjs';
import { mediaToken } from '../lib/rtc.mjs';
import { Code, endAll, Program, State, Talk } from '../lib/talk.mjs';
import { pause, until } from '../lib/until.mjs';

const tokenNotSet = "User token is not set. Either client.connectUser wasn't called or client.disconnect was called";
let daemon, people;
const mint = (id, lifeS = 600) => sign({ user_id: id, iat: now() - 5, exp: now() + lifeS });

async function talk(id, options) {
	const t = new Talk(daemon.url, options);
	if (id) await t.connect(id, mint(id));
	return t;
}

before(async () => {
	({ daemon, people } = await startWithPeople({ ann: 'user', bob: 'user', boss: 'admin', carla: 'admin' }));
});
after(() => {
	endAll();
	return daemon.stop();
});

for (const ownLoop of [false, true]) {
	test(`M1-M3, the order of calls in C${ownLoop ? ', driven by the caller’s loop' : ''}`, async () => {
		const t = await talk(null, { ownLoop });
		const all = ['join', 'leave', 'ring', 'accept', 'reject', 'message ann hello', 'publish'];
		const refused = async () => {
			for (const line of all) assert.deepEqual(await t.do(line), { done: line.split(' ')[0], code: Code.tokenNotSet, message: tokenNotSet }, line);
			for (const line of ['data 1 1 x', 'stats']) assert.equal((await t.do(line)).code, Code.tokenNotSet);
		};
		await t.ok('call default order');
		await refused();
		await t.connect('ann', mint('ann'));
		assert.equal(t.lines.filter((l) => l.asked).length, 1); // M3: the provider, at connect
		await t.ok('join');
		assert.deepEqual(t.states, [State.joining, State.joined]);
		await t.ok('disconnect');
		assert.deepEqual(t.states, [State.joining, State.joined, State.left]);
		await refused();
		assert.equal(t.lines.filter((l) => l.asked).length, 1); // the provider is forgotten
		await t.ok(`token ${mint('bob')}`);
		assert.match((await t.do('connect ann')).message, /userToken does not have a user_id or is not matching with user\.id/);
		await t.end();
	});
}

test('C rings a team: the first to answer wins, and C joins by itself', async () => {
	const t = await talk('ann');
	await t.ok('call default chat-ann');
	const hears = await people.boss.events();
	await t.ok('ring');
	const ring = await hears.next('call.ring');
	assert.deepEqual(ring.ring.legs.map((leg) => leg.user_id).filter((id) => id === 'boss' || id === 'carla'), ['boss', 'carla']);
	assert.equal((await t.do('ring')).code, 0); // it rings already
	const accept = (who) => people[who].call('POST', at('default', 'chat-ann', 'accept'), { device_id: who });
	const answers = await Promise.all([accept('boss'), accept('carla')]);
	assert.deepEqual(answers.map((a) => a.status).sort(), [200, 409]);
	const winner = answers[0].status === 200 ? 'boss' : 'carla';
	const accepted = await t.event('ring', (l) => l.ring === 2);
	assert.deepEqual([accepted.identity, accepted.caller, accepted.incoming], [winner, 'ann', 0]);
	await t.state(State.joined);
	assert.deepEqual(t.states, [State.ringing, State.joining, State.joined]);
	await t.ok('leave');
	hears.close();
	await t.end();
});

test('C rings: declined, cancelled, nobody there to ring', async () => {
	const t = await talk('ann', { ownLoop: true });
	await t.ok('call default declined');
	await t.ok('ring bob'); // makes the call, with bob as a member
	await people.bob.call('POST', at('default', 'declined', 'reject'), { reason: 'decline' });
	await t.event('ring', (l) => l.ring === 3 && l.topic === 'decline' && l.outcome === 'declined');
	await t.state(State.left);
	let from = t.lines.length;
	await t.ok('call default cancelled');
	await t.ok('ring bob');
	await t.state(State.ringing, from);
	await t.ok('leave');
	await until('the end of the ring', () => people.bob.call('GET', at('default', 'cancelled')), ({ body }) => body.ring === null || body.ring.outcome === 'cancelled');
	from = t.lines.length;
	await t.ok('call default alone');
	const alone = await t.do('ring');
	assert.deepEqual([alone.code, /nobody to ring/.test(alone.message)], [Code.badInput, true], alone.message);
	assert.equal((await t.do('reject No!')).code, Code.badInput);
	await t.end();
});

test('C is rung: it accepts and joins; declines; hears that it was cancelled or answered elsewhere', async () => {
	const t = await talk('bob');
	const ring = async (id) => {
		const from = t.lines.length;
		await people.ann.call('POST', at('default', id), { ring: true, video: true, data: { members: [{ user_id: 'bob' }] }, device_id: 'a' });
		const event = await t.event('ring', (l) => l.ring === 1 && l.cid === `default:${id}`, from);
		assert.deepEqual([event.incoming, event.video, event.caller, event.identity], [1, 1, 'ann', 'ann']);
		await t.state(State.ringing, from);
		return from;
	};
	// its socket is what keeps the caller's ring alive
	const caller = await people.ann.events({ device_id: 'a' });

	await ring('rung');
	await t.ok('accept');
	assert.equal((await people.ann.call('GET', at('default', 'rung'))).body.ring.outcome, 'accepted');
	await t.ok('join');
	assert.deepEqual(t.states, [State.ringing, State.joining, State.joined]);
	await t.ok('leave');

	let from = await ring('no');
	await t.ok('reject busy');
	await t.state(State.left, from);
	assert.equal((await caller.next('call.rejected')).reason, 'busy');

	from = await ring('cancelled2');
	await people.ann.call('POST', at('default', 'cancelled2', 'reject'), { device_id: 'a' });
	await t.state(State.left, from);
	assert.equal((await t.do('accept')).code, Code.notAllowed); // 409: it rings no more

	from = await ring('elsewhere');
	await people.bob.call('POST', at('default', 'elsewhere', 'accept'), { device_id: 'phone' });
	await t.state(State.left, from);
	await people.ann.call('POST', at('default', 'elsewhere', 'end'), {}); // else bob is on his way there, and busy
	caller.close();
	await t.end();
});

test('nobody answers: both sides hear that the call was missed, when the server says so', async () => {
	const [caller, callee] = [await talk('ann', { ownLoop: true }), await talk('bob')];
	const settings_override = { ring: { incoming_call_timeout_ms: 5000, auto_cancel_timeout_ms: 5000, missed_call_timeout_ms: 5000 } };
	await people.ann.call('POST', at('default', 'nobody'), { data: { members: [{ user_id: 'ann' }, { user_id: 'bob' }], settings_override } });
	await caller.ok('call default nobody');
	const began = Date.now();
	await caller.ok('ring bob');
	await callee.event('ring', (l) => l.incoming === 1 && l.cid === 'default:nobody');
	for (const t of [caller, callee]) {
		const missed = await t.event('server', (l) => l.topic === 'call.missed' && l.cid === 'default:nobody');
		assert.equal(missed.identity, 'bob');
		const over = await t.event('ring', (l) => l.ring === 3 && l.cid === 'default:nobody');
		assert.deepEqual([over.outcome, over.identity, over.incoming, over.caller], ['missed', 'bob', 0, 'ann']);
		await t.state(State.left);
		assert.deepEqual(t.lines.filter((l) => l.event === 'state' && l.cid === 'default:nobody').map((l) => l.state), [State.ringing, State.left]);
	}
	const took = Date.now() - began;
	assert.ok(took >= 5000 && took < 15_000, `after ${took} ms`); // by itself it would ring for 30 s
	assert.equal((await callee.do('accept')).code, Code.notAllowed);
	await Promise.all([caller.end(), callee.end()]);
});

test('C of a team is rung with the others, and hears who was first; who is in another call is busy', async () => {
	const [desk, bob] = [await talk('boss'), await talk('bob')];
	const caller = await people.ann.events({ device_id: 'a' });
	await people.ann.call('POST', at('default', 'chat-ann'), { ring: true, video: true, device_id: 'a' });
	await desk.event('ring', (l) => l.ring === 1 && l.incoming === 1 && l.cid === 'default:chat-ann');
	await desk.state(State.ringing);
	await people.carla.call('POST', at('default', 'chat-ann', 'accept'), { device_id: 'c' });
	assert.equal((await desk.event('ring', (l) => l.ring === 2)).identity, 'carla');
	await desk.state(State.left);
	assert.equal((await desk.do('accept')).code, Code.notAllowed);
	await people.carla.call('POST', at('default', 'chat-ann', 'end'), {});

	await bob.ok('call default somewhere');
	await bob.ok('join');
	const from = desk.lines.length;
	await desk.ok('call default to-bob');
	await desk.ok('ring bob');
	const busy = await desk.event('ring', (l) => l.topic === 'busy', from);
	assert.deepEqual([busy.identity, busy.outcome], ['bob', 'busy']);
	await until('no ring', async () => desk.states.at(-1), (state) => state === State.left);
	// bob's device never rings: it hears that a call was missed, and has a handle to call back
	await bob.event('server', (l) => l.topic === 'call.missed' && l.cid === 'default:to-bob');
	const heard = bob.lines.filter((l) => l.event === 'ring' && l.cid === 'default:to-bob');
	assert.ok(heard.length >= 2 && heard.every((l) => l.incoming === 0 && l.ring === 3 && l.caller === 'boss'), JSON.stringify(heard));
	assert.deepEqual(bob.states, [State.joining, State.joined]);
	caller.close();
	await Promise.all([desk.end(), bob.end()]);
});

test('messages: C writes one, and reads what is written to it', async () => {
	const t = await talk('ann');
	await t.ok('message ann a "note" from C: ü');
	const { body } = await people.boss.call('GET', '/api/v1/conversations/ann/messages');
	assert.equal(body.messages.at(-1).text, 'a "note" from C: ü');
	await people.boss.call('POST', '/api/v1/conversations/ann/messages', { text: 'hello device', client_id: 'hello-1' });
	const got = await t.event('message', (l) => l.text === 'hello device');
	assert.deepEqual([got.identity, got.conversation], ['boss', 'ann']);
	assert.equal((await t.do('message bob not mine')).code, Code.notFound);
	assert.equal((await t.do(`message ann ${'x'.repeat(4900)}`)).code, 0);
	assert.equal((await t.do('message ann')).code, Code.badInput);
	await t.end();
});

test('events of a call come with their type, whom they are about, and the handle', async () => {
	const t = await talk('ann');
	await t.ok('call default events');
	await t.ok('join');
	await people.boss.call('POST', at('default', 'events', 'mute_users'), { user_ids: ['ann'] });
	await people.ann.call('POST', at('default', 'events', 'reaction'), { type: 'wave' });
	const reaction = await t.event('server', (l) => l.topic === 'call.reaction_new');
	assert.deepEqual([reaction.cid, reaction.identity, reaction.name], ['default:events', 'ann', 'Ann']);
	await t.event('server', (l) => l.topic === 'call.session_participant_joined' && l.cid === 'default:events');
	await t.end();
});

test('a token that expires in the middle of a call: the provider is asked again, the call goes on', async () => {
	const t = new Talk(daemon.url);
	const ends = Date.now() + 6000;
	await t.connect('ann', mint('ann', 6));
	await t.ok('call default expiry');
	await t.ok('join');
	await t.ok(`token ${mint('ann')}`);
	// past its end: the next request is refused with code 40, asks for a new token and is sent again
	await pause(ends + 1500 - Date.now());
	const denied = await t.do('describe Somebody'); // people have the name of their account
	assert.deepEqual([denied.code, /name of their account.*confab_call_send_data/.test(denied.message)], [Code.notAllowed, true], denied.message);
	await t.ok('message ann still here');
	assert.equal(t.lines.filter((l) => l.asked).length, 2);
	assert.deepEqual(t.states, [State.joining, State.joined]); // nothing was lost
	await t.ok('publish');
	await t.ok('sound 5');
	await t.end();
});

test('mute, unmute and data between two programs in a call', async () => {
	const [a, b] = [await talk('ann'), await talk('bob', { ownLoop: true })];
	for (const t of [a, b]) {
		await t.ok('call default pair');
		await t.ok('join');
	}
	await a.ok('publish');
	await a.ok('sound 10'); // a track is offered to others once something comes of it
	await b.event('subscribed', (l) => l.identity.startsWith('ann') && l.codec === 1);
	await a.ok('sound 50');
	const frames = async () => (await b.do('frames')).code;
	const heard = await until('most of the packets', frames, (n) => n >= 40);
	await a.ok('mute 1');
	await b.event('muted', (l) => l.muted === 1 && l.identity.startsWith('ann'));
	await a.ok('sound 25'); // dropped
	assert.ok((await b.do('frames')).code <= 60, 'while muted nothing is sent');
	await a.ok('mute 0');
	await b.event('muted', (l) => l.muted === 0);
	await a.ok('sound 25');
	await until('more packets', frames, (n) => n > heard + 15);
	await a.ok('data 60000 1 big');
	const big = await b.event('data', (l) => l.topic === 'big');
	assert.deepEqual([big.length, big.first, big.identity.startsWith('ann')], [60000, 7, true]);
	await b.ok('data 10 0 small');
	assert.equal((await a.event('data', (l) => l.topic === 'small')).length, 10);
	assert.equal((await a.do('data 60001 1 x')).code, Code.badInput);
	await a.end();
	await b.event('left', (l) => l.identity.startsWith('ann'));
	await b.end();
});

test('statistics, the time of frames, and who speaks', async () => {
	const [a, b] = [await talk('ann'), await talk('bob', { ownLoop: true })];
	const stats = async (t, track = '') => {
		const from = t.lines.length;
		const { code } = await t.do(`stats ${track}`.trim());
		return { code, ...t.lines.slice(from).find((l) => 'stats' in l) };
	};
	await a.ok('call default figures');
	assert.equal((await stats(a)).code, Code.notJoined);
	await b.ok('call default figures');
	for (const t of [a, b]) await t.ok('join');
	await a.ok('publish');
	const none = await stats(a);
	assert.deepEqual([none.code, none.sent, none.received, none.round_trip_us, none.jitter_us], [0, 0, 0, 0, 0]);
	await a.ok('sound 10');
	await b.event('subscribed', (l) => l.identity.startsWith('ann')); // from here on it hears all
	await a.ok('sound 150'); // 3 s: reports are sent once a second
	await b.event('speaking', (l) => l.state === 1 && l.identity.startsWith('ann'));
	await a.event('speaking', (l) => l.state === 1 && l.identity === null); // itself
	await a.ok('sound 50');
	const sent = await stats(a);
	assert.equal(sent.sent, 210);
	assert.ok(sent.round_trip_us > 0 && sent.round_trip_us < 5e6, JSON.stringify(sent));
	const got = await until('most of it', () => stats(b), (now) => now.frames >= 150 && now.missing === 0);
	assert.ok(got.received >= got.frames, JSON.stringify(got));
	assert.deepEqual([got.sent, got.round_trip_us], [0, 0]);
	const early = (await b.do('early')).code;
	assert.ok(early < 120, `${early} of ${got.frames} frames without a time: only those before the first report are`);
	await b.event('speaking', (l) => l.state === 0 && l.identity.startsWith('ann')); // silent for a while
	assert.equal((await stats(b, 'TR_nobody')).code, Code.notFound);
	await a.end();
	await b.end();
});

test('tracks come and go: others see it, and sections of the session are used again', async () => {
	const [a, b] = [await talk('ann'), await talk('bob')];
	for (const t of [a, b]) {
		await t.ok('call default comings');
		await t.ok('join');
	}
	for (let i = 0; i < 36; i++) { // a session has 32 sections
		const from = b.lines.length;
		await a.ok('publish');
		if (i % 16 === 0) {
			await a.ok('sound 10');
			await b.event('subscribed', (l) => l.identity.startsWith('ann'), from);
		}
		await a.ok('unpublish');
		if (i % 16 === 0) await b.event('unsubscribed', () => true, from);
	}
	await a.ok('publish');
	await a.ok('sound 50');
	const heard = (await b.do('frames')).code;
	assert.ok(heard > 0, `${heard} frames`);
	// muted by a moderator: the event has the track, and its name is the function's
	await people.boss.call('POST', at('default', 'comings', 'mute_users'), { user_ids: ['ann'], audio: true });
	const muted = await a.event('muted', (l) => l.muted === 1);
	assert.match(muted.track, /^TR_/);
	let last;
	for (let i = 1; i <= 32 && !last?.code; i++) last = await a.do('publish');
	assert.deepEqual([last.code, last.message], [Code.notAllowed, 'The server refused the track: The track may not be published.']);
	await a.ok('data 10 1 x'); // that was all
	await b.event('data', (l) => l.topic === 'x');
	await Promise.all([a.end(), b.end()]);
});

test('the operator sees bitrate, loss and round trip of each participant', async () => {
	const [a, b] = [await talk('ann'), await talk('bob')];
	for (const t of [a, b]) {
		await t.ok('call default measured');
		await t.ok('join');
	}
	await a.ok('publish');
	const before = (await people.boss.call('GET', '/api/v1/operator/calls')).body.calls.find((c) => c.cid === 'default:measured');
	assert.equal(before.participants.length, 2);
	// one speaks while the other asks: a pause in between would count
	const ask = async () => {
		const [{ body }] = await Promise.all([people.boss.call('GET', '/api/v1/operator/calls'), a.ok('sound 25')]); // 0.5 s, 3 bytes each 20 ms: 1.2 kbit/s
		return ['ann', 'bob'].map((id) => body.calls.find((c) => c.cid === 'default:measured').participants.find((p) => p.user.id === id).stats);
	};
	let sender, receiver;
	for (let i = 0; i < 60 && !(sender?.upload_bps > 600 && receiver?.download_bps > 600 && receiver.rtt_ms !== null); i++) [sender, receiver] = await ask();
	assert.ok(sender.upload_bps > 600 && sender.upload_bps < 5000, JSON.stringify(sender));
	assert.ok(receiver.download_bps > 600, JSON.stringify(receiver));
	assert.ok(receiver.rtt_ms >= 0 && receiver.rtt_ms < 2000, JSON.stringify(receiver));
	assert.deepEqual([sender.upload_loss, receiver.download_loss], [0, 0]);
	await a.ok('mute 1'); // a muted track is not sent, whatever the program writes
	for (let i = 0; i < 60 && sender.upload_bps > 300; i++) [sender] = await ask();
	assert.ok(sender.upload_bps <= 300, `muted: ${JSON.stringify(sender)}`);
	await Promise.all([a.end(), b.end()]);
});

test('a LiveKit URL and access token: no user is connected', async () => {
	const token = sign({ iss: apiKey, sub: 'device-1', name: 'Device', exp: now() + 60, video: { roomJoin: true, room: 'elsewhere-room' } });
	const t = new Talk('-', { ownLoop: true });
	await t.ok('call default livekit');
	await t.ok(`join ${daemon.wsUrl} ${token}`);
	await t.ok('publish');
	await t.ok('leave');
	assert.deepEqual(t.states, [State.joining, State.joined, State.left]);
	const bad = await t.do(`join ${daemon.wsUrl} ${token.slice(0, -3)}xxx`);
	assert.notEqual(bad.code, 0);
	assert.equal(t.lines.filter((l) => l.asked).length, 0);
	await t.end();
});

test('examples/recorder: what is played into a call comes out as files that decode, with the time when each begins', async (t) => {
	const out = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-recorder-'));
	t.after(() => fs.rmSync(out, { recursive: true, force: true }));
	const media = path.join(root, 'test/vectors/media');
	const url = daemon.wsUrl;
	const recorder = new Program('examples/example_recorder', [url, '-', await mediaToken('recorded', 'recorder'), 'recorded', out]);
	const rooms = new RoomServiceClient(url.replace('ws', 'http'), apiKey, apiSecret);
	await until('the recorder is there', () => rooms.listParticipants('recorded').catch(() => []), ({ length }) => length === 1); // before there is something to miss
	const camera = new Program('examples/example_publish', [url, '-', await mediaToken('recorded', 'camera'), 'recorded', '5', path.join(media, 'test.ivf'), path.join(media, 'test.ogg')]);
	for (const what of ['a picture', 'sound']) await recorder.until((line) => line.includes(`${what} of camera`), what);
	const begins = [];
	for (const kind of ['ivf', 'ogg']) begins.push(Number((await recorder.until((line) => line.includes(`.${kind}: begins at`), kind)).split(' at ')[1]));
	assert.ok(begins.every((at) => Math.abs(at - Date.now() / 1000) < 20) && Math.abs(begins[0] - begins[1]) < 2, begins.join());
	await camera.end();
	for (const [kind, codec, least] of [['ivf', 'vp8', 40], ['ogg', 'opus', 150]]) {
		const said = await recorder.until((line) => line.includes(`.${kind}:`) && line.endsWith(' frames'), `the end of ${kind}`);
		const file = said.split(':')[0];
		const frames = Number(said.split(' ')[1]);
		const report = execFileSync('ffprobe', ['-v', 'error', '-count_frames', '-show_entries', 'stream=codec_name,nb_read_frames', '-of', 'csv=p=0', file], { encoding: 'utf8' });
		assert.deepEqual(report.trim().split(','), [codec, String(frames)]);
		execFileSync('ffmpeg', ['-v', 'error', '-xerror', '-i', file, '-f', 'null', '-']);
		assert.ok(frames >= least, `${frames} of ${kind}`);
	}
	await recorder.end();
});

test('examples/doorbell: rings the team and shows its camera to who answers; prints what they write; leaves a message when nobody does', async () => {
	const door = new Program('examples/example_doorbell', [daemon.url, 'bob', mint('bob'), path.join(root, 'test/vectors/media/test.ivf'), path.join(root, 'test/vectors/pictures/text.png')]);
	const hears = await people.boss.events();
	const desk = await talk('boss');
	door.say('');
	await door.until((l) => l === 'ringing', 'the ring');
	assert.equal((await hears.next('call.ring')).cid, 'default:chat-bob');
	await desk.event('ring', (l) => l.ring === 1 && l.incoming === 1 && l.cid === 'default:chat-bob');
	await desk.ok('accept');
	await door.until((l) => l === 'Boss answers', 'the answer');
	await door.until((l) => l === 'connected', 'the call');
	await desk.ok('join');
	await desk.event('subscribed', (l) => l.identity.startsWith('bob') && l.codec === 2);
	await desk.event('size', (l) => l.width > 0); // a key frame
	await desk.ok('message bob who is there?');
	await door.until((l) => l === 'Boss: who is there?', 'the message');
	await desk.ok('leave');
	await door.until((l) => l === 'quiet again', 'the end of the call');
	await desk.end();
	const from = door.lines.length;
	door.say('');
	await door.until((l) => l === 'ringing', 'the second ring', from);
	for (const who of [people.boss, people.carla]) await who.call('POST', at('default', 'chat-bob', 'reject'), {});
	const { body: call } = await people.boss.call('GET', at('default', 'chat-bob'));
	for (const leg of call.ring?.legs ?? []) {
		// the demo's admin is of the team, too
		if (leg.state === 'ringing') await (await admin()).call('POST', at('default', 'chat-bob', 'reject'), {});
	}
	await door.until((l) => l === 'quiet again', 'the end of the second ring', from);
	const { message } = await hears.next((e) => e.type === 'message.new' && e.message.text === 'Somebody was at the door.', 30000);
	assert.equal(message.attachments[0].mime_type, 'image/png'); // told from its bytes
	hears.close();
	await door.end();
});

let demoAdmin;
async function admin() {
	if (!demoAdmin) {
		demoAdmin = new people.boss.constructor(daemon.url);
		await demoAdmin.openLink(daemon.links.admin);
	}
	return demoAdmin;
}
