// SPDX-License-Identifier: Apache-2.0
// Participants made of @livekit/rtc-node, in a process of their own (it aborts the whole process when a server breaks
// the protocol): the same methods as page.mjs has. Driven over IPC: `{id, call: [who, method, …]}` in, `{id, result |
// error}` out.
import {
	AudioFrame, AudioSource, AudioStream, ConnectionQuality, ConnectionState, DataPacketKind, DisconnectReason, LocalAudioTrack, LocalVideoTrack,
	Room, RoomEvent, SimulateScenarioKind, TrackKind, TrackPublishOptions, TrackSource, VideoBufferType, VideoCodec, VideoFrame,
	VideoSource, VideoStream, dispose,
} from '@livekit/rtc-node';
import { createRequire } from 'node:module';
import { Watcher, draw, payload, sum } from './pattern.mjs';
import { sendFile, sendText, takeStreams } from './streams.mjs';

const { FfiRequest, livekitFfiRequest } = createRequire(import.meta.url)('@livekit/rtc-ffi-bindings');
const ffi = (name, value) => livekitFfiRequest(new FfiRequest({ message: { case: name, value } }).toBinary());
const clamp = (value) => Math.max(0, Math.min(255, Math.round(value)));

/** BT.601, studio range, which is what WebRTC's codecs carry. */
const toYuv = ([r, g, b]) => [
	16 + 0.257 * r + 0.504 * g + 0.098 * b,
	128 - 0.148 * r - 0.291 * g + 0.439 * b,
	128 + 0.439 * r - 0.368 * g - 0.071 * b,
].map(clamp);

function toRgb(y, u, v) {
	const [luma, d, e] = [1.164 * (y - 16), u - 128, v - 128];
	return [luma + 1.596 * e, luma - 0.392 * d - 0.813 * e, luma + 2.017 * d].map(clamp);
}

function makeFrame(width, height, number, source) {
	const data = new Uint8Array((width * height * 3) / 2);
	const fill = (offset, stride, rows, [x, y, w, h], value) => {
		const [left, right] = [Math.round(x * stride), Math.round((x + w) * stride)];
		for (let row = Math.round(y * rows); row < Math.round((y + h) * rows); row++) data.fill(value, offset + row * stride + left, offset + row * stride + right);
	};
	draw(number, source, (x, y, w, h, rgb) => {
		const planes = toYuv(rgb);
		fill(0, width, height, [x, y, w, h], planes[0]);
		for (const plane of [1, 2]) fill(width * height * (plane === 1 ? 1 : 1.25), width / 2, height / 2, [x, y, w, h], planes[plane]);
	});
	return new VideoFrame(data, width, height, VideoBufferType.I420);
}

/** Reads until the track is unsubscribed: a later track may come over the same receiver, and old readers would see it too. */
async function watchVideo(track, watcher, isOver) {
	for await (const { frame } of new VideoStream(track)) {
		if (isOver()) return;
		const { width, height, data } = frame.type === VideoBufferType.I420 ? frame : frame.convert(VideoBufferType.I420);
		const [chroma, half] = [width * height, (width + 1) >> 1];
		const size = half * ((height + 1) >> 1);
		watcher.see(width, height, (x, y) => {
			const [column, row] = [Math.floor(x * width), Math.floor(y * height)];
			const at = chroma + (row >> 1) * half + (column >> 1);
			return toRgb(data[row * width + column], data[at], data[at + size]);
		}, track.sid);
	}
}

/** The tone of the last fifth of a second, by its zero crossings, and its level in dB below full. */
class Ear {
	hertz = 0;
	level = -200;

	async hear(track, isOver) {
		let [peak, crossings, samples, last] = [0, 0, 0, 0];
		for await (const frame of new AudioStream(track, 48000, 1)) {
			if (isOver()) return;
			for (const value of frame.data) {
				peak = Math.max(peak, Math.abs(value));
				if (last < 0 && value >= 0) crossings++;
				if (value) last = value;
			}
			samples += frame.data.length;
			if (samples < 9600) continue;
			[this.hertz, this.level] = [(crossings * 48000) / samples, peak ? Math.round(20 * Math.log10(peak / 32768)) : -200];
			[peak, crossings, samples] = [0, 0, 0];
		}
	}
}

class Participant {
	published = new Map();
	videos = new Map();
	ears = new Map();
	mimes = {};
	data = [];
	streams = [];
	events = [];

	async connect(url, token, { autoSubscribe = true, room: options = {} } = {}) {
		const room = (this.room = new Room());
		const note = (event, fields) => this.events.push({ event, ...fields });
		room.on(RoomEvent.TrackSubscribed, (track, publication, { identity }) => this.#onTrack(`${identity}/${publication.name}`, track, publication));
		room.on(RoomEvent.TrackUnsubscribed, (_track, publication, { identity }) => note('unsubscribed', { who: identity, name: publication.name }));
		room.on(RoomEvent.TrackUnpublished, (publication, { identity }) => note('unpublished', { who: identity, name: publication.name }));
		room.on(RoomEvent.TrackMuted, (publication, { identity }) => note('muted', { who: identity, name: publication.name }));
		room.on(RoomEvent.TrackUnmuted, (publication, { identity }) => note('unmuted', { who: identity, name: publication.name }));
		room.on(RoomEvent.ParticipantConnected, ({ identity }) => note('joined', { who: identity }));
		room.on(RoomEvent.ParticipantDisconnected, ({ identity }) => note('left', { who: identity }));
		room.on(RoomEvent.Disconnected, (reason) => note('disconnected', { reason: DisconnectReason[reason] ?? String(reason) }));
		room.on(RoomEvent.ActiveSpeakersChanged, (speakers) => note('speakers', { list: speakers.map((s) => s.identity) }));
		room.on(RoomEvent.ConnectionQualityChanged, (quality, { identity }) => note('quality', { who: identity, quality: ConnectionQuality[quality] ?? quality }));
		room.on(RoomEvent.ParticipantMetadataChanged, (metadata, { identity }) => note('metadata', { who: identity, metadata }));
		room.on(RoomEvent.ParticipantAttributesChanged, (changed, { identity }) => note('attributes', { who: identity, changed }));
		room.on(RoomEvent.ParticipantNameChanged, (name, { identity }) => note('name', { who: identity, name }));
		room.on(RoomEvent.RoomMetadataChanged, (metadata) => note('room', { metadata }));
		room.on(RoomEvent.Reconnecting, () => note('reconnecting'));
		room.on(RoomEvent.Reconnected, () => note('reconnected'));
		room.on(RoomEvent.DataReceived, (bytes, from, kind, topic) =>
			this.data.push({ from: from?.identity, lossy: kind === DataPacketKind.KIND_LOSSY, topic, length: bytes.length, sum: sum(bytes) }));
		takeStreams(room, this.streams);
		await room.connect(url, token, { autoSubscribe, dynacast: options.dynacast ?? false });
		room.localParticipant.registerRpcMethod('echo', async ({ callerIdentity, payload: said }) => `${room.localParticipant.identity} heard ${callerIdentity}: ${said}`);
		return this.report();
	}

	#onTrack(key, track, publication) {
		this.mimes[key] = publication.mimeType;
		const isOver = () => !publication.subscribed || publication.track !== track;
		const kept = track.kind === TrackKind.KIND_AUDIO ? this.ears : this.videos;
		if (!kept.has(key)) kept.set(key, kept === this.ears ? new Ear() : new Watcher());
		const done = kept === this.ears ? kept.get(key).hear(track, isOver) : watchVideo(track, kept.get(key), isOver);
		done.catch((error) => this.events.push({ event: 'error', message: String(error) }));
	}

	async #publish(name, track, options) {
		const publication = await this.room.localParticipant.publishTrack(track, new TrackPublishOptions({ red: false, dtx: false, ...options }));
		this.published.get(name).publication = publication;
	}

	async publishVideo(name, { source, width = 640, height = 360, fps = 15, codec = 'vp8', simulcast = false, as = 'camera', kbps = 500 } = {}) {
		const input = new VideoSource(width, height);
		const state = { number: this.published.get(name)?.number ?? 0, track: LocalVideoTrack.createVideoTrack(name, input) };
		state.timer = setInterval(() => input.captureFrame(makeFrame(width, height, state.number++, source)), 1000 / fps);
		this.published.set(name, state);
		await this.#publish(name, state.track, {
			source: as === 'camera' ? TrackSource.SOURCE_CAMERA : TrackSource.SOURCE_SCREENSHARE,
			videoCodec: VideoCodec[codec.toUpperCase()],
			simulcast,
			videoEncoding: { maxBitrate: BigInt(kbps * 1000), maxFramerate: fps },
		});
	}

	async publishAudio(name, { hertz }) {
		const input = new AudioSource(48000, 1);
		const state = { track: LocalAudioTrack.createAudioTrack(name, input), number: 0, running: true };
		this.published.set(name, state);
		await this.#publish(name, state.track, { source: TrackSource.SOURCE_MICROPHONE });
		let at = 0;
		(async () => {
			while (state.running) {
				const samples = Int16Array.from({ length: 480 }, () => 12000 * Math.sin((2 * Math.PI * hertz * at++) / 48000));
				await input.captureFrame(new AudioFrame(samples, 48000, 1, samples.length));
			}
		})().catch(() => {});
	}

	/** rtc-node has no method for it yet, the library beneath has. */
	async mute(name, muted) {
		ffi('localTrackMute', { trackHandle: this.published.get(name).track.ffi_handle.handle, mute: muted });
	}

	async unpublish(name) {
		const state = this.published.get(name);
		clearInterval(state.timer);
		state.running = false;
		await this.room.localParticipant.unpublishTrack(state.publication.sid);
	}

	#publication(from, name) {
		const publications = this.room.remoteParticipants.get(from)?.trackPublications.values() ?? [];
		const found = [...publications].find((publication) => publication.name === name);
		if (!found) throw new Error(`no track ${name} of ${from}`);
		return found;
	}

	async subscribe(from, name, on = true) {
		this.#publication(from, name).setSubscribed(on);
	}

	async quality(from, name, quality) {
		const handle = this.#publication(from, name).ffiHandle.handle;
		ffi('setRemoteTrackPublicationQuality', { trackPublicationHandle: handle, quality: { low: 0, medium: 1, high: 2 }[quality] });
	}

	async describe({ name, metadata, attributes }) {
		const { localParticipant } = this.room;
		if (name !== undefined) await localParticipant.updateName(name);
		if (metadata !== undefined) await localParticipant.updateMetadata(metadata);
		if (attributes) await localParticipant.setAttributes(attributes);
	}

	async allow(identities) {
		const permissions = (identities ?? []).map((participantIdentity) => ({ participantIdentity, allowAll: true, allowedTrackSids: [] }));
		const localParticipantHandle = this.room.localParticipant.ffi_handle.handle;
		ffi('setTrackSubscriptionPermissions', { localParticipantHandle, allParticipantsAllowed: !identities, permissions });
	}

	async sendData(length, seed, { lossy = false, to = [], topic } = {}) {
		const bytes = payload(length, seed);
		await this.room.localParticipant.publishData(bytes, { reliable: !lossy, destination_identities: to, topic });
		return sum(bytes);
	}

	async sendText(text, to) {
		await sendText(this.room, text, to);
	}

	async sendFile(length, seed, to) {
		return sendFile(this.room, length, seed, to);
	}

	async rpc(to, text, method = 'echo') {
		return this.room.localParticipant.performRpc({ destinationIdentity: to, method, payload: text, responseTimeout: 8000 });
	}

	async reconnect(how) {
		await this.room.simulateScenario(how === 'resume' ? SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT : SimulateScenarioKind.SIMULATE_FULL_RECONNECT);
	}

	/** The library cannot be asked; its Linux build has an H264 encoder and decoder of its own. */
	async canDo() {
		return true;
	}

	async inbound() {
		return 'no statistics';
	}

	async leave() {
		for (const state of this.published.values()) {
			clearInterval(state.timer);
			state.running = false;
		}
		await this.room?.disconnect();
	}

	report() {
		const { room } = this;
		const list = (map) => Object.fromEntries([...map].map(([key, value]) => [key, { ...value }]));
		return {
			state: { [ConnectionState.CONN_CONNECTED]: 'connected', [ConnectionState.CONN_DISCONNECTED]: 'disconnected' }[room.connectionState] ?? 'reconnecting',
			sid: room.localParticipant?.sid,
			others: [...room.remoteParticipants.values()].map((p) => ({
				identity: p.identity, sid: p.sid, name: p.name, metadata: p.metadata, attributes: p.attributes,
				tracks: [...p.trackPublications.values()].map((t) => ({ name: t.name, muted: t.muted, subscribed: t.subscribed, mime: t.mimeType })),
			})),
			videos: list(this.videos),
			audios: list(this.ears),
			mimes: this.mimes,
			data: this.data,
			streams: this.streams,
			events: this.events,
		};
	}
}

const participants = new Map();
process.on('message', async ({ id, call: [who, method, ...args] }) => {
	try {
		if (!participants.has(who)) participants.set(who, new Participant());
		process.send({ id, result: (await participants.get(who)[method](...args)) ?? null });
	} catch (error) {
		process.send({ id, error: String(error?.message ?? error) });
	}
});
process.on('disconnect', async () => {
	await dispose().catch(() => {});
	process.exit(0);
});
process.send({ ready: true });
