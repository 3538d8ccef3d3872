// SPDX-License-Identifier: Apache-2.0
// The server API, asked by an unmodified livekit-server-sdk, and by hand in JSON and protobuf.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AccessToken, DataPacket_Kind, RoomServiceClient, TrackSource } from 'livekit-server-sdk';
import { CreateRoomRequest, ListRoomsRequest, ListRoomsResponse, Room } from '@livekit/protocol';
import { apiKey, apiSecret, startConfabd } from '../lib/confabd.mjs';
import { sign } from '../lib/jwt.mjs';
import { RtcPeer, mediaToken } from '../lib/rtc.mjs';
import { pause, until } from '../lib/until.mjs';

const limit = { timeout: 240000 };
let daemon, rooms;
before(async () => {
	daemon = await startConfabd();
	rooms = new RoomServiceClient(daemon.url, apiKey, apiSecret);
});
after(() => daemon.stop());


async function enter(t, room, identity, options) {
	const peer = await RtcPeer.start(identity);
	t.after(() => peer.close());
	peer.joined = await peer.call('connect', daemon.wsUrl, await mediaToken(room, identity, options));
	return peer;
}

/** No picture comes any more (one comes at least each 250 ms while they do). */
async function quiet(peer) {
	const frames = () => peer.events.filter((e) => e.event === 'video').length;
	const more = async () => {
		const before = frames();
		await pause(1000);
		return frames() - before;
	};
	await until('no more pictures', more, (n) => n === 0);
}

function grantToken(grant) {
	const token = new AccessToken(apiKey, apiSecret, { ttl: 600, identity: grant.roomJoin ? 'ann' : undefined });
	token.addGrant(grant);
	return token.toJwt();
}

/** One request by hand: {status, json | bytes}. */
async function ask(method, body, { grant = { roomCreate: true, roomList: true, roomAdmin: true, room: 'r' }, type = 'application/json', token } = {}) {
	const headers = { 'content-type': type };
	const bearer = token ?? (grant && (await grantToken(grant)));
	if (bearer) headers.authorization = `Bearer ${bearer}`;
	const path = method.includes('/') ? method : `livekit.RoomService/${method}`;
	const response = await fetch(`${daemon.url}/twirp/${path}`, { method: 'POST', headers, body: body instanceof Uint8Array || typeof body === 'string' ? body : JSON.stringify(body) });
	const bytes = new Uint8Array(await response.arrayBuffer());
	const isJson = /json/.test(response.headers.get('content-type'));
	return { status: response.status, bytes, json: isJson ? JSON.parse(new TextDecoder().decode(bytes)) : undefined };
}

test('rooms: made empty, listed, changed, deleted', async () => {
	const began = Date.now() / 1000;
	const made = await rooms.createRoom({ name: 'hall', emptyTimeout: 77, departureTimeout: 9, maxParticipants: 3, metadata: 'blue' });
	assert.match(made.sid, /^RM_/);
	assert.deepEqual([made.name, made.emptyTimeout, made.departureTimeout, made.maxParticipants, made.metadata, made.numParticipants], ['hall', 77, 9, 3, 'blue', 0]);
	assert.ok(Number(made.creationTime) > began - 1 && Number(made.creationTime) <= Date.now() / 1000, `${made.creationTime}, not from ${began} on`);
	const again = await rooms.createRoom({ name: 'hall', maxParticipants: 5 });
	assert.deepEqual([again.sid, again.maxParticipants, again.metadata], [made.sid, 5, 'blue'], 'the same room, with what was given changed');

	await rooms.createRoom({ name: 'cellar' });
	assert.deepEqual((await rooms.listRooms()).map((r) => r.name).sort(), ['cellar', 'hall']);
	assert.deepEqual((await rooms.listRooms(['hall', 'none'])).map((r) => r.name), ['hall']);
	assert.equal((await rooms.updateRoomMetadata('hall', 'green')).metadata, 'green');
	assert.deepEqual(await rooms.listParticipants('hall'), []);
	await rooms.deleteRoom('hall');
	await rooms.deleteRoom('cellar');
	assert.deepEqual(await rooms.listRooms(), []);
	await assert.rejects(rooms.deleteRoom('hall'), (e) => e.code === 'not_found' && e.status === 404);
});

test('an empty room ends by its timeout, a left one by the other', limit, async (t) => {
	await rooms.createRoom({ name: 'short', emptyTimeout: 1, departureTimeout: 1 });
	await rooms.createRoom({ name: 'long', emptyTimeout: 60, departureTimeout: 2 });
	const names = async () => (await rooms.listRooms(['short', 'long'])).map((r) => r.name);
	assert.deepEqual(await until('the end of one', names, ({ length }) => length < 2), ['long']);
	const ann = await enter(t, 'long', 'ann');
	assert.equal((await rooms.listRooms(['long']))[0].numParticipants, 1);
	const leaves = Date.now();
	await ann.call('leave');
	await until('the end of the other', names, ({ length }) => length === 0);
	assert.ok(Date.now() - leaves >= 1900, `after ${Date.now() - leaves} ms: departureTimeout is 2 s`);
});

test('participants: listed, changed, removed', limit, async (t) => {
	const ann = await enter(t, 'people', 'ann');
	const bob = await enter(t, 'people', 'bob');
	assert.deepEqual((await rooms.listParticipants('people')).map((p) => p.identity).sort(), ['ann', 'bob']);
	const video = await ann.call('publishVideo', 'camera');
	await bob.event('video', (e) => e.frames >= 5);
	const info = await rooms.getParticipant('people', 'ann');
	assert.equal(info.name, 'ann');
	assert.equal(info.tracks[0].sid, video.sid);
	assert.equal(info.tracks[0].source, TrackSource.CAMERA);
	assert.equal(info.tracks[0].mimeType, 'video/VP8');
	assert.equal(info.permission.canPublish, true);

	const changed = await rooms.updateParticipant('people', 'ann', { metadata: 'm', name: 'Ann A.', attributes: { seat: '12' } });
	assert.deepEqual([changed.metadata, changed.name, changed.attributes], ['m', 'Ann A.', { seat: '12' }]);
	assert.deepEqual((await bob.event('attributes', (e) => e.who === 'ann')).changed, { seat: '12' });

	await rooms.removeParticipant('people', 'ann');
	assert.match(String((await ann.event('disconnected')).reason), /PARTICIPANT_REMOVED|4/);
	await bob.event('left', (e) => e.who === 'ann');
	await assert.rejects(rooms.getParticipant('people', 'ann'), (e) => e.code === 'not_found');
	await rooms.deleteRoom('people');
	assert.match(String((await bob.event('disconnected')).reason), /ROOM_DELETED|5/);
});

test('muting from afar: told to all, media stops; unmuting is refused', limit, async (t) => {
	const ann = await enter(t, 'quiet', 'ann');
	const bob = await enter(t, 'quiet', 'bob');
	const { sid } = await ann.call('publishVideo', 'camera');
	await bob.event('video', (e) => e.frames >= 5);
	const track = await rooms.mutePublishedTrack('quiet', 'ann', sid, true);
	assert.deepEqual([track.sid, track.muted], [sid, true]);
	assert.equal((await bob.event('muted')).sid, sid);
	await quiet(bob);
	await assert.rejects(rooms.mutePublishedTrack('quiet', 'ann', sid, false), (e) => e.code === 'failed_precondition');
	await assert.rejects(rooms.mutePublishedTrack('quiet', 'ann', 'TR_none', true), (e) => e.code === 'not_found');
});

test('permissions: losing canPublish takes the tracks, losing canSubscribe the pictures', limit, async (t) => {
	const ann = await enter(t, 'rights', 'ann');
	const bob = await enter(t, 'rights', 'bob');
	await ann.call('publishVideo', 'camera');
	await bob.event('video', (e) => e.frames >= 5);

	await rooms.updateParticipant('rights', 'bob', { permission: { canPublish: true, canSubscribe: false, canPublishData: true } });
	await quiet(bob);
	await rooms.updateParticipant('rights', 'bob', { permission: { canPublish: true, canSubscribe: true, canPublishData: true } });
	await bob.next('video', (e) => e.from === 'ann', 20000);

	const info = await rooms.updateParticipant('rights', 'ann', { permission: { canPublish: false, canSubscribe: true, canPublishData: true } });
	assert.equal(info.tracks.length, 0);
	assert.equal(info.permission.canPublish, false);
	await bob.event('unpublished', (e) => e.from === 'ann');
	await assert.rejects(ann.call('publishAudio', 'microphone'));
});

test('subscriptions changed from afar', limit, async (t) => {
	const ann = await enter(t, 'subs', 'ann');
	const bob = await enter(t, 'subs', 'bob');
	const { sid } = await ann.call('publishVideo', 'camera');
	await bob.event('video', (e) => e.frames >= 5);
	await rooms.updateSubscriptions('subs', 'bob', [sid], false);
	await quiet(bob);
	await rooms.updateSubscriptions('subs', 'bob', [sid], true);
	await bob.next('video', () => true, 20000);
	await assert.rejects(rooms.updateSubscriptions('subs', 'bob', ['TR_none'], true), (e) => e.code === 'not_found');
});

test("a server's data reaches whom it is for", limit, async (t) => {
	const ann = await enter(t, 'told', 'ann');
	const bob = await enter(t, 'told', 'bob');
	const say = (text, kind, options) => rooms.sendData('told', new TextEncoder().encode(text), kind, options);
	await say('to all', DataPacket_Kind.RELIABLE, { topic: 'news' });
	for (const peer of [ann, bob]) {
		const packet = await peer.event('data', (e) => e.text === 'to all');
		assert.deepEqual([packet.topic, packet.from, packet.lossy], ['news', undefined, false]);
	}
	await say('to bob', DataPacket_Kind.RELIABLE, { destinationIdentities: ['bob'] });
	await say('quick', DataPacket_Kind.LOSSY, {});
	await bob.event('data', (e) => e.text === 'to bob');
	assert.equal((await ann.event('data', (e) => e.text === 'quick')).lossy, true);
	assert.ok(!ann.events.some((e) => e.text === 'to bob'));
	await assert.rejects(rooms.sendData('nowhere', new Uint8Array(1), DataPacket_Kind.RELIABLE, {}), (e) => e.code === 'not_found');
	await assert.rejects(say('x'.repeat(66000), DataPacket_Kind.RELIABLE, {}));
});

test('max_participants, of the API and of the token', limit, async (t) => {
	await rooms.createRoom({ name: 'two', maxParticipants: 1 });
	await enter(t, 'two', 'ann');
	const refused = await fetch(`${daemon.url}/rtc/validate?access_token=${await mediaToken('two', 'bob')}`);
	assert.equal(refused.status, 503);
	assert.match(await refused.text(), /full/);

	const exp = Math.floor(Date.now() / 1000) + 600;
	const roomConfig = { maxParticipants: 1, metadata: 'from the token', departureTimeout: 3 };
	const peer = await RtcPeer.start('ann');
	t.after(() => peer.close());
	await peer.call('connect', daemon.wsUrl, sign({ iss: apiKey, sub: 'ann', exp, video: { roomJoin: true, room: 'bytoken' }, roomConfig }));
	const [room] = await rooms.listRooms(['bytoken']);
	assert.deepEqual([room.maxParticipants, room.metadata, room.departureTimeout], [1, 'from the token', 3]);
});

test('JSON by hand: both spellings in, lowerCamelCase out', async () => {
	const { status, json } = await ask('CreateRoom', { name: 'r', empty_timeout: 60, maxParticipants: '4', unknown_thing: [1] });
	assert.equal(status, 200);
	assert.deepEqual([json.name, json.emptyTimeout, json.maxParticipants, json.numParticipants], ['r', 60, 4, 0]);
	assert.equal(typeof json.creationTime, 'string', '64-bit integers are strings');
	assert.equal(json.empty_timeout, undefined);
	assert.deepEqual((await ask('ListParticipants', { room: 'r' })).json, { participants: [] });
	const wrong = [
		['CreateRoom', { name: 5 }, 400, 'malformed', /name/],
		['CreateRoom', { name: 'r', emptyTimeout: -1 }, 400, 'malformed', /empty_timeout/],
		['CreateRoom', '{"name":', 400, 'malformed', /JSON/],
		['CreateRoom', '[]', 400, 'malformed', /object/],
		['CreateRoom', { name: '' }, 400, 'invalid_argument', /name/],
		['CreateRoom', { name: 'x'.repeat(257) }, 400, 'invalid_argument', /256/],
		['CreateRoom', { name: 'r', emptyTimeout: 604801 }, 400, 'invalid_argument', /604800/],
		['DeleteRoom', { room: 'none' }, 404, 'not_found', /room/],
		['GetParticipant', { room: 'r', identity: 'nobody' }, 404, 'not_found', /participant/],
		['Nothing', {}, 404, 'bad_route', /method/],
		['livekit.Other/Nothing', {}, 501, 'unimplemented', /RoomService/],
		['other.Service/Nothing', {}, 404, 'bad_route', /service/],
		['MoveParticipant', {}, 501, 'unimplemented', /method/],
	];
	for (const [method, body, code, name, cause] of wrong) {
		const answer = await ask(method, body);
		assert.deepEqual([answer.status, answer.json.code], [code, name], `${method} ${JSON.stringify(body).slice(0, 60)}: ${JSON.stringify(answer.json)}`);
		assert.match(answer.json.msg, cause);
	}
	assert.equal((await ask('DeleteRoom', { room: 'r' })).status, 200);
});

test('protobuf by hand', async () => {
	const type = 'application/protobuf';
	const made = await ask('CreateRoom', new CreateRoomRequest({ name: 'proto', metadata: 'x' }).toBinary(), { type });
	assert.equal(made.status, 200);
	const room = Room.fromBinary(made.bytes);
	assert.deepEqual([room.name, room.metadata], ['proto', 'x']);
	const list = await ask('ListRooms', new ListRoomsRequest({ names: ['proto'] }).toBinary(), { type });
	assert.deepEqual(ListRoomsResponse.fromBinary(list.bytes).rooms.map((r) => r.sid), [room.sid]);
	const bad = await ask('CreateRoom', new Uint8Array([0xff, 0xff, 0xff]), { type });
	assert.deepEqual([bad.status, bad.json.code], [400, 'malformed']);
	const latin = await ask('CreateRoom', new Uint8Array([0x0a, 0x01, 0xe4]), { type });
	assert.equal(latin.status, 400, 'texts must be UTF-8');
	await rooms.deleteRoom('proto');
});

test('the token decides: no token, bad tokens, too little in them', async () => {
	const refused = [
		[{ grant: null }, 401, 'unauthenticated'],
		[{ token: 'abc' }, 401, 'unauthenticated'],
		[{ token: await new AccessToken(apiKey, `${apiSecret}x`, { ttl: 60 }).toJwt() }, 401, 'unauthenticated'],
		[{ token: await mediaToken('r', 'ann', { ttl: '-2h' }) }, 401, 'unauthenticated'],
	];
	for (const [options, status, code] of refused) {
		const answer = await ask('ListRooms', {}, options);
		assert.deepEqual([answer.status, answer.json.code], [status, code]);
	}
	const grants = [
		['ListRooms', {}, { roomCreate: true, roomAdmin: true, room: 'r' }],
		['CreateRoom', { name: 'r' }, { roomList: true, roomAdmin: true, room: 'r' }],
		['DeleteRoom', { room: 'r' }, { roomList: true, roomAdmin: true, room: 'r' }],
		['ListParticipants', { room: 'r' }, { roomCreate: true, roomList: true, room: 'r' }],
		['ListParticipants', { room: 'r' }, { roomAdmin: true, room: 'other' }],
		['ListParticipants', { room: '' }, { roomAdmin: true }],
		['RemoveParticipant', { room: 'r', identity: 'a' }, { roomJoin: true, room: 'r' }],
	];
	for (const [method, body, grant] of grants) {
		const answer = await ask(method, body, { grant });
		assert.deepEqual([answer.status, answer.json.code], [403, 'permission_denied'], `${method} with ${JSON.stringify(grant)}`);
	}
});

test('a body that is too large, or of a strange kind', async () => {
	const large = await ask('CreateRoom', { name: 'r', metadata: 'x'.repeat(70000) });
	assert.equal(large.status, 413);
	const strange = await ask('CreateRoom', '{}', { type: 'text/plain' });
	assert.deepEqual([strange.status, strange.json.code], [404, 'bad_route']);
	assert.deepEqual(await rooms.listRooms(['r']), []);
});
