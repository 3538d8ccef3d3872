// SPDX-License-Identifier: Apache-2.0
// One @livekit/rtc-node participant in a process of its own (it aborts the whole process when a server breaks the
// protocol). Driven over IPC by rtc.mjs: `{id, method, args}` in, `{id, result | error}` and `{event, …}` out.
import {
	AudioFrame, AudioSource, AudioStream, DataPacketKind, DisconnectReason, LocalAudioTrack, LocalVideoTrack, Room, RoomEvent, TrackKind,
	TrackPublishOptions, TrackSource, VideoBufferType, VideoCodec, VideoFrame, VideoSource, VideoStream, dispose,
} from '@livekit/rtc-node';
import { createRequire } from 'node:module';

const { FfiRequest, livekitFfiRequest } = createRequire(import.meta.url)('@livekit/rtc-ffi-bindings');
const room = new Room();
const published = new Map(); // name → {publication, track, stop}
const say = (event, fields = {}) => process.connected && process.send({ event, ...fields });

const kindOf = (track) => (track.kind === TrackKind.KIND_AUDIO ? 'audio' : 'video');
const sources = { camera: TrackSource.SOURCE_CAMERA, microphone: TrackSource.SOURCE_MICROPHONE, screen: TrackSource.SOURCE_SCREENSHARE };

/** A bright upper left, a dark lower right, a bar that moves, one colour for the sender: easy to check at the far end. */
function drawFrame(width, height, number, colour) {
	const data = new Uint8Array((width * height * 3) / 2);
	for (let y = 0; y < height; y++) {
		const upper = y < height / 2;
		data.fill(upper ? 200 : 120, y * width, y * width + width / 2);
		data.fill(upper ? 120 : 40, y * width + width / 2, (y + 1) * width);
		const bar = (number * 8) % (width - 32);
		data.fill(235, y * width + bar, y * width + bar + 32);
	}
	data.fill(colour, width * height, width * height * 1.25);
	data.fill(128, width * height * 1.25);
	return new VideoFrame(data, width, height, VideoBufferType.I420);
}

/** Where the bar is (its middle, relative to the width), and what the rest looks like. */
function readFrame(frame) {
	const { width, height, data } = frame.type === VideoBufferType.I420 ? frame : frame.convert(VideoBufferType.I420);
	const mean = (x0, y0) => {
		const values = [];
		for (let y = 0; y < 16; y++)
			for (let x = 0; x < 16; x++) values.push(data[(y0 + y) * width + x0 + x]);
		return values.sort((a, b) => a - b)[128]; // the median: the bar may cross
	};
	const row = Math.floor(height * 0.75) * width;
	let sum = 0;
	let n = 0;
	for (let x = 0; x < width; x++)
		if (data[row + x] > 180) {
			sum += x;
			n++;
		}
	return {
		width,
		height,
		upperLeft: mean(Math.floor(width * 0.2), Math.floor(height * 0.2)),
		lowerRight: mean(Math.floor(width * 0.8), Math.floor(height * 0.7)),
		colour: data[width * height + Math.floor(width * height * 0.1)],
		bar: n ? sum / n / width : -1,
	};
}

async function watchVideo(track, participant) {
	let frames = 0;
	for await (const { frame } of new VideoStream(track)) {
		frames++;
		if (frames === 1 || frames % 5 === 0) say('video', { from: participant.identity, sid: track.sid, frames, ...readFrame(frame) });
	}
}

async function watchAudio(track, participant) {
	let frames = 0;
	let [peak, crossings, samples, last] = [0, 0, 0, 0];
	for await (const frame of new AudioStream(track, 48000, 1)) {
		frames++;
		for (const value of frame.data) {
			peak = Math.max(peak, Math.abs(value));
			if (last < 0 && value >= 0) crossings++;
			if (value) last = value;
			samples++;
		}
		if (samples < 24000) continue;
		say('audio', { from: participant.identity, frames, peak, hertz: (crossings * frame.sampleRate) / samples });
		[peak, crossings, samples] = [0, 0, 0];
	}
}

room.on(RoomEvent.TrackSubscribed, (track, publication, participant) => {
	say('subscribed', { from: participant.identity, sid: track.sid, kind: kindOf(track), mime: publication.mimeType, source: publication.source });
	(kindOf(track) === 'audio' ? watchAudio : watchVideo)(track, participant).catch((error) => say('error', { message: String(error) }));
});
room.on(RoomEvent.TrackUnsubscribed, (track, publication, participant) => say('unsubscribed', { from: participant.identity, sid: publication.sid }));
room.on(RoomEvent.TrackPublished, (publication, participant) => say('published', { from: participant.identity, sid: publication.sid }));
room.on(RoomEvent.TrackUnpublished, (publication, participant) => say('unpublished', { from: participant.identity, sid: publication.sid }));
room.on(RoomEvent.TrackMuted, (publication, participant) => say('muted', { from: participant.identity, sid: publication.sid }));
room.on(RoomEvent.TrackUnmuted, (publication, participant) => say('unmuted', { from: participant.identity, sid: publication.sid }));
room.on(RoomEvent.ParticipantConnected, (participant) => say('joined', { who: participant.identity, name: participant.name }));
room.on(RoomEvent.ParticipantDisconnected, (participant) => say('left', { who: participant.identity }));
room.on(RoomEvent.ParticipantAttributesChanged, (changed, participant) => say('attributes', { who: participant.identity, changed }));
room.on(RoomEvent.Reconnecting, () => say('reconnecting'));
room.on(RoomEvent.Reconnected, () => say('reconnected'));
room.on(RoomEvent.Disconnected, (reason) => say('disconnected', { reason: DisconnectReason[reason] ?? reason }));

// A payload is told by its length and a sum: 60 KB need not pass from process to process.
const sum = (bytes) => bytes.reduce((total, byte, i) => (total * 31 + byte + i) >>> 0, 0);
const pattern = (length, seed) => Uint8Array.from({ length }, (_, i) => (i * 7 + seed * 13 + (i >> 8)) & 255);
room.on(RoomEvent.DataReceived, (payload, participant, kind, topic) =>
	say('data', { from: participant?.identity, topic, lossy: kind === DataPacketKind.KIND_LOSSY, length: payload.length, sum: sum(payload), text: payload.length < 200 ? new TextDecoder().decode(payload) : undefined }));
room.registerTextStreamHandler('text', async (reader, { identity }) => {
	const text = await reader.readAll();
	say('text', { from: identity, length: text.length, sum: sum(new TextEncoder().encode(text)) });
});

async function publish(name, track, source, simulcast) {
	const options = new TrackPublishOptions({ source: sources[source], videoCodec: VideoCodec.VP8, simulcast, red: false, dtx: false });
	const publication = await room.localParticipant.publishTrack(track, options);
	published.get(name).publication = publication;
	return { sid: publication.sid };
}

const methods = {
	async connect(url, token) {
		await room.connect(url, token, { autoSubscribe: true, dynacast: false });
		return {
			sid: await room.getSid(),
			name: room.name,
			identity: room.localParticipant.identity,
			others: [...room.remoteParticipants.values()].map((p) => p.identity),
		};
	},
	async publishVideo(name, { width = 640, height = 360, fps = 20, colour = 60, source = 'camera', simulcast = false } = {}) {
		const input = new VideoSource(width, height);
		const track = LocalVideoTrack.createVideoTrack(name, input);
		let [number, last, longest] = [0, performance.now(), 0];
		const timer = setInterval(() => {
			longest = Math.max(longest, performance.now() - last);
			last = performance.now();
			input.captureFrame(drawFrame(width, height, number++, colour));
		}, 1000 / fps);
		const longestPause = () => [longest, (longest = 0)][0];
		published.set(name, { track, stop: () => clearInterval(timer), longestPause });
		return publish(name, track, source, simulcast);
	},
	/** The longest time in ms between two pictures that were made, since this was asked last. */
	async longestPause(name) {
		return published.get(name).longestPause();
	},
	async publishAudio(name, { hertz = 440 } = {}) {
		const input = new AudioSource(48000, 1);
		const track = LocalAudioTrack.createAudioTrack(name, input);
		let [at, running] = [0, true];
		published.set(name, { track, stop: () => (running = false) });
		const result = await publish(name, track, 'microphone', false);
		(async () => {
			while (running) {
				const samples = new Int16Array(480);
				for (let i = 0; i < samples.length; i++) samples[i] = 12000 * Math.sin((2 * Math.PI * hertz * at++) / 48000);
				await input.captureFrame(new AudioFrame(samples, 48000, 1, samples.length));
			}
		})().catch(() => {});
		return result;
	},
	// rtc-node has no method for it yet, the library beneath has
	async mute(name, muted) {
		const value = { trackHandle: published.get(name).track.ffi_handle.handle, mute: muted };
		livekitFfiRequest(new FfiRequest({ message: { case: 'localTrackMute', value } }).toBinary());
	},
	async unpublish(name) {
		const { publication, stop } = published.get(name);
		stop();
		await room.localParticipant.unpublishTrack(publication.sid);
		published.delete(name);
	},
	async setAttributes(attributes) {
		await room.localParticipant.setAttributes(attributes);
	},
	/** what: a text, or {length, seed}. Returns the sum of the bytes. */
	async publishData(what, options = {}) {
		const bytes = typeof what === 'string' ? new TextEncoder().encode(what) : pattern(what.length, what.seed ?? 1);
		await room.localParticipant.publishData(bytes, options);
		return sum(bytes);
	},
	async sendText(length, options = {}) {
		const text = Array.from({ length }, (_, i) => String.fromCharCode(97 + ((i * 5 + (i >> 7)) % 26))).join('');
		await room.localParticipant.sendText(text, { topic: 'text', ...options });
		return sum(new TextEncoder().encode(text));
	},
	async answerRpc(method, prefix) {
		room.localParticipant.registerRpcMethod(method, async ({ callerIdentity, payload }) => `${prefix} ${callerIdentity} ${payload}`);
	},
	async performRpc(destinationIdentity, method, payload) {
		return room.localParticipant.performRpc({ destinationIdentity, method, payload, responseTimeout: 8000 });
	},
	async leave() {
		for (const { stop } of published.values()) stop();
		await room.disconnect();
	},
};

process.on('message', async ({ id, method, args }) => {
	try {
		process.send({ id, result: (await methods[method](...args)) ?? null });
	} catch (error) {
		process.send({ id, error: String(error?.message ?? error) });
	}
});
process.on('disconnect', async () => {
	await dispose().catch(() => {});
	process.exit(0);
});
say('ready');
