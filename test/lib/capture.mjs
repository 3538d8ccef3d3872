// SPDX-License-Identifier: Apache-2.0
// Writes the corpora of fuzz_client_signal and fuzz_client_events: what a running server says to libconfab, recorded
// between them. node test/lib/capture.mjs, after a change of what servers say; needs a build.
import fs from 'node:fs';
import path from 'node:path';
import { DataPacket, SignalResponse } from '@livekit/protocol';
import { RoomServiceClient } from 'livekit-server-sdk';
import WebSocket, { WebSocketServer } from 'ws';
import { apiKey, apiSecret, root } from './confabd.mjs';
import { at, startWithPeople } from './people.mjs';
import { mediaToken } from './rtc.mjs';
import { Talk } from './talk.mjs';

const Kind = { signal: 0, data: 1, cut: 2, ask: 3, publish: 4 };

function put(target, name, bytes) {
	const folder = path.join(root, 'fuzz/corpus', target);
	fs.mkdirSync(folder, { recursive: true });
	fs.writeFileSync(path.join(folder, name), bytes);
}

/** As fuzz_client_signal reads them: kind, 16-bit length, message. */
function framed(kind, bytes) {
	const head = Buffer.alloc(3);
	head.writeUInt8(kind, 0);
	head.writeUInt16BE(bytes.length, 1);
	return Buffer.concat([head, bytes]);
}

/** A media server that passes everything on, and keeps what the real one says. */
async function recorder(target) {
	const frames = [];
	const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
	await new Promise((resolve) => server.once('listening', resolve));
	server.on('connection', (client, request) => {
		const real = new WebSocket(target + request.url, { headers: { authorization: request.headers.authorization } });
		const opened = new Promise((resolve) => real.once('open', resolve));
		real.on('message', (bytes) => {
			frames.push(bytes);
			client.send(bytes);
		});
		client.on('message', (bytes) => opened.then(() => real.send(bytes)));
		client.on('close', () => real.terminate());
		real.on('close', () => client.terminate());
	});
	return { url: `ws://127.0.0.1:${server.address().port}`, frames, close: () => server.close() };
}

async function enter(url, room, identity) {
	const t = new Talk('-');
	await t.ok(`call default ${room}`);
	await t.ok(`join ${url} ${await mediaToken(room, identity)}`);
	return t;
}

async function signalling(daemon) {
	const real = daemon.wsUrl;
	const rooms = new RoomServiceClient(daemon.url, apiKey, apiSecret);
	const proxy = await recorder(real);
	const ann = await enter(proxy.url, 'room', 'ann');
	const bob = await enter(real, 'room', 'bob');
	await ann.ok('publish');
	await ann.ok('sound 60');
	await bob.ok('publish');
	await bob.ok('sound 60');
	await ann.event('subscribed');
	await ann.event('speaking', (l) => l.identity === 'bob');
	await ann.event('quality', (l) => l.identity === 'bob');
	await rooms.updateParticipant('room', 'bob', { name: 'Bob B.', metadata: '{}', attributes: { hand: 'up' } });
	await rooms.updateRoomMetadata('room', 'agenda');
	await ann.event('room', (l) => l.metadata === 'agenda');
	await rooms.updateParticipant('room', 'ann', { permission: { canPublish: false, canSubscribe: true, canPublishData: true } });
	await ann.event('unpublished');
	await ann.do('publish'); // refused
	await bob.ok('mute 1');
	await ann.event('muted');
	await bob.ok('leave');
	await ann.event('left');
	await rooms.removeParticipant('room', 'ann');
	await ann.state(9);
	proxy.close();
	await Promise.all([ann.end(), bob.end()]);
	const all = proxy.frames.map((frame) => framed(Kind.signal, frame));
	put('client_signal', 'session', Buffer.concat(all));
	put('client_signal', 'session-publishing', Buffer.concat([framed(Kind.publish, Buffer.alloc(0)), ...all]));
	// one of each kind by itself, too: the first byte is the field's number
	const kinds = new Map(proxy.frames.map((frame) => [frame[0] >> 3 | (frame[0] & 0x80 ? (frame[1] & 0x7f) << 4 : 0), frame]));
	for (const [number, frame] of kinds) put('client_signal', `response-${number}`, framed(Kind.signal, frame));
	put('client_signal', 'cut', Buffer.concat([framed(Kind.signal, proxy.frames[0]), framed(Kind.cut, Buffer.alloc(0)), framed(Kind.signal, kinds.get(8))]));
}

/** About the track that fuzz_client_signal publishes. */
function aboutOurs() {
	const trackSid = 'TR_own1';
	const say = (name, ...messages) => put('client_signal', `ours-${name}`, Buffer.concat([framed(Kind.publish, Buffer.alloc(0)),
		...messages.map((message) => framed(Kind.signal, Buffer.from(new SignalResponse({ message }).toBinary())))]));
	const wanted = (...enabled) => ({ case: 'subscribedQualityUpdate', value: { trackSid,
		subscribedCodecs: [{ codec: 'vp8', qualities: enabled.map((on, quality) => ({ quality, enabled: on })) }] } });
	say('wanted', wanted(true, false, false), wanted(false, false, false), wanted(true, true, true));
	say('wanted-old', { case: 'subscribedQualityUpdate', value: { trackSid, subscribedQualities: [{ quality: 2, enabled: true }] } });
	say('muted', { case: 'mute', value: { sid: trackSid, muted: true } });
	say('taken-back', { case: 'trackUnpublished', value: { trackSid } });
}

function dataPackets() {
	const packet = (name, value) => put('client_signal', `data-${name}`, Buffer.concat([framed(Kind.ask, Buffer.alloc(0)),
		framed(Kind.data, Buffer.from(new DataPacket({ participantIdentity: 'ann', participantSid: 'PA_ann', value }).toBinary()))]));
	packet('user', { case: 'user', value: { payload: new TextEncoder().encode('hello'), topic: 'chat' } });
	packet('rpc-request', { case: 'rpcRequest', value: { id: 'q1', method: 'm', payload: '{}', responseTimeoutMs: 8000, version: 1 } });
	packet('rpc-version', { case: 'rpcRequest', value: { id: 'q2', method: 'm', version: 2 } });
	packet('rpc-ack', { case: 'rpcAck', value: { requestId: 'rpc-' } });
	packet('rpc-answer', { case: 'rpcResponse', value: { requestId: 'rpc-', value: { case: 'payload', value: 'yes' } } });
	packet('rpc-error', { case: 'rpcResponse', value: { requestId: 'rpc-', value: { case: 'error', value: { code: 1500, message: 'no', data: 'because' } } } });
}

async function events({ ada, ann, boss }) {
	const socket = new WebSocket(`${ada.base.replace('http', 'ws')}/api/v1/events`, { headers: { cookie: ada.cookie } });
	const lines = [];
	socket.on('message', (text) => lines.push(String(text)));
	await new Promise((resolve) => socket.once('open', resolve));
	socket.send(JSON.stringify({ type: 'connect' }));
	const comes = async (type) => {
		for (let i = 0; i < 300 && !lines.some((line) => JSON.parse(line).type === type); i++) await new Promise((resolve) => setTimeout(resolve, 50));
	};
	await comes('connection.ok');
	const rings = await ann.events({ device_id: 'a' });
	await boss.call('POST', '/api/v1/conversations/ada/messages', { text: 'hello', client_id: 'capture-1' });
	await comes('message.new');
	const ring = { ring: true, video: true, data: { members: [{ user_id: 'ada' }] }, device_id: 'a' };
	await ann.call('POST', at('default', 'rung'), ring);
	await comes('call.ring');
	const { body: accepted } = await ada.call('POST', at('default', 'rung', 'accept'), { device_id: 'd' });
	await comes('call.accepted');
	await ann.call('POST', at('default', 'other'), ring);
	await ann.call('POST', at('default', 'other', 'reject'), { device_id: 'a' });
	await ann.call('POST', at('default', 'rung', 'reaction'), { type: 'wave' });
	await comes('call.reaction_new');
	rings.close();
	socket.close();
	put('client_events', 'session', lines.join('\n'));
	const kinds = new Map(lines.map((line) => [JSON.parse(line).type, line]));
	const hello = kinds.get('connection.ok');
	for (const [type, line] of kinds) put('client_events', type, type === 'connection.ok' ? line : `${hello}\n${line}`);
	put('client_events', 'answered', `${hello}\n!${JSON.stringify(accepted)}\n${kinds.get('call.ring')}\n{"type":"resync","cursor":1}`);
	put('client_events', 'answered-before', `${hello}\n!no\n${kinds.get('call.ring')}`);
	put('client_events', 'refused', '{"type":"connection.error","error":{"code":40,"status_code":401,"message":"The token has expired"}}');
}

const { daemon, people } = await startWithPeople({ ada: 'user', ann: 'user', boss: 'admin' });
try {
	await signalling(daemon);
	dataPackets();
	aboutOurs();
	await events(people);
} finally {
	await daemon.stop();
}
