// SPDX-License-Identifier: Apache-2.0
// Participants in a page, made of livekit-client: the same methods as node.mjs has. `call(id, method, …)` is what the
// driver asks; several participants live in one page, since a second tab would be in the background and slow.
import { Watcher, draw, payload, sum } from './pattern.mjs';
import { sendFile, sendText, takeStreams } from './streams.mjs';

const { Room, RoomEvent, Track, LocalVideoTrack, LocalAudioTrack, VideoPreset, VideoQuality, DisconnectReason, ConnectionQuality } = window.LivekitClient;
const READ_WIDTH = 160;
const READ_HEIGHT = 90;
window.LivekitClient.setLogLevel('warn');

// Firefox runs no AudioContext without a sound card. There its fake microphone makes the tone (of the frequency that the
// driver set), and what comes is recorded and decoded.
const audioContext = new AudioContext({ sampleRate: 48000 });
await Promise.race([audioContext.resume(), new Promise((resolve) => setTimeout(resolve, 1000))]);
const hasSound = audioContext.state === 'running';

/**
 * Pictures of a <video>, read as they are shown. Stops when the element is given up. The first one does not count: a
 * browser shows the last picture of the track that the same receiver had before once more.
 */
function watchVideo(element, watcher, sid) {
	const canvas = new OffscreenCanvas(READ_WIDTH, READ_HEIGHT);
	const context = canvas.getContext('2d', { willReadFrequently: true });
	let seen = 0;
	const look = (_now, { width, height }) => {
		if (!element.isConnected) return;
		element.requestVideoFrameCallback(look);
		if (!seen++) return;
		context.drawImage(element, 0, 0, READ_WIDTH, READ_HEIGHT);
		const { data } = context.getImageData(0, 0, READ_WIDTH, READ_HEIGHT);
		watcher.see(width, height, (x, y) => {
			const at = 4 * (Math.floor(y * READ_HEIGHT) * READ_WIDTH + Math.floor(x * READ_WIDTH));
			return [data[at], data[at + 1], data[at + 2]];
		}, sid);
	};
	element.requestVideoFrameCallback(look);
}

/** Records a fifth of a second again and again: {hertz by zero crossings, level in dB}. */
class RecordingEar {
	hertz = 0;
	level = -200;

	constructor(mediaTrack) {
		this.hear(new MediaStream([mediaTrack])).catch((error) => (this.error = String(error)));
	}

	async hear(stream) {
		const decoder = new OfflineAudioContext(1, 48000, 48000);
		while (stream.getAudioTracks()[0].readyState === 'live') {
			const recorder = new MediaRecorder(stream);
			const parts = [];
			recorder.ondataavailable = ({ data }) => parts.push(data);
			const stopped = new Promise((resolve) => (recorder.onstop = resolve));
			recorder.start();
			setTimeout(() => recorder.state === 'recording' && recorder.stop(), 200);
			await stopped;
			const bytes = await new Blob(parts).arrayBuffer();
			if (bytes.byteLength) this.measure((await decoder.decodeAudioData(bytes)).getChannelData(0).subarray(4800)); // the encoder's start
		}
	}

	measure(samples) {
		let [peak, crossings] = [0, 0];
		for (let i = 1; i < samples.length; i++) {
			peak = Math.max(peak, Math.abs(samples[i]));
			if (samples[i - 1] < 0 && samples[i] >= 0) crossings++;
		}
		this.hertz = samples.length ? (crossings * 48000) / samples.length : 0;
		this.level = peak ? Math.round(20 * Math.log10(peak)) : -200;
	}

	listen() {
		return { hertz: this.hertz, level: this.level, error: this.error };
	}
}

/** The loudest frequency: {hertz, level in dB}. */
class Ear {
	constructor(mediaTrack) {
		this.stream = new MediaStream([mediaTrack]);
		this.element = new Audio(); // Chromium decodes nothing for Web Audio alone
		this.element.srcObject = this.stream;
		this.element.muted = true;
		this.element.play().catch(() => {});
		this.analyser = new AnalyserNode(audioContext, { fftSize: 4096, smoothingTimeConstant: 0 });
		audioContext.createMediaStreamSource(this.stream).connect(this.analyser);
		this.bins = new Float32Array(this.analyser.frequencyBinCount);
	}

	listen() {
		this.analyser.getFloatFrequencyData(this.bins);
		let best = 1;
		for (let i = 1; i < this.bins.length; i++) if (this.bins[i] > this.bins[best]) best = i;
		const level = Math.max(-200, this.bins[best]); // JSON knows no infinity
		return { hertz: (best * 48000) / this.analyser.fftSize, level: Math.round(level) };
	}
}

function makeTone(hertz) {
	const tone = new OscillatorNode(audioContext, { frequency: hertz });
	const out = new MediaStreamAudioDestinationNode(audioContext, { channelCount: 1 });
	tone.connect(new GainNode(audioContext, { gain: 0.5 })).connect(out);
	tone.start();
	return { mediaTrack: out.stream.getAudioTracks()[0], stop: () => tone.stop() };
}

async function fakeMicrophone() {
	const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
	const [mediaTrack] = (await navigator.mediaDevices.getUserMedia({ audio })).getAudioTracks();
	return { mediaTrack, stop: () => mediaTrack.stop() };
}

class Participant {
	published = new Map();
	videos = new Map();
	ears = new Map();
	mimes = {};
	data = [];
	streams = [];
	events = [];

	async connect(url, token, { autoSubscribe = true, single = false, room: options = {} } = {}) {
		const room = (this.room = new Room({ singlePeerConnection: single, ...options }));
		const note = (event, fields) => this.events.push({ event, ...fields });
		room.on(RoomEvent.TrackSubscribed, (track, publication, { identity }) => this.#onTrack(`${identity}/${publication.trackName}`, track, publication));
		room.on(RoomEvent.TrackUnsubscribed, (track, publication, { identity }) => {
			track.detach().forEach((element) => element.remove());
			note('unsubscribed', { who: identity, name: publication.trackName });
		});
		room.on(RoomEvent.TrackUnpublished, (publication, { identity }) => note('unpublished', { who: identity, name: publication.trackName }));
		room.on(RoomEvent.TrackMuted, (publication, { identity }) => note('muted', { who: identity, name: publication.trackName }));
		room.on(RoomEvent.TrackUnmuted, (publication, { identity }) => note('unmuted', { who: identity, name: publication.trackName }));
		room.on(RoomEvent.ParticipantConnected, ({ identity }) => note('joined', { who: identity }));
		room.on(RoomEvent.ParticipantDisconnected, ({ identity }) => note('left', { who: identity }));
		room.on(RoomEvent.Disconnected, (reason) => note('disconnected', { reason: DisconnectReason[reason] ?? String(reason) }));
		room.on(RoomEvent.ParticipantPermissionsChanged, (_old, { identity, permissions }) => note('permissions', { who: identity, canPublish: permissions?.canPublish }));
		room.on(RoomEvent.TrackSubscriptionPermissionChanged, (publication, status, { identity }) => note('allowed', { who: identity, name: publication.trackName, status }));
		room.on(RoomEvent.ActiveSpeakersChanged, (speakers) => note('speakers', { list: speakers.map((s) => s.identity) }));
		room.on(RoomEvent.ConnectionQualityChanged, (quality, { identity }) => note('quality', { who: identity, quality: ConnectionQuality[quality] ?? quality }));
		room.on(RoomEvent.ParticipantMetadataChanged, (_old, { identity, metadata }) => note('metadata', { who: identity, metadata }));
		room.on(RoomEvent.ParticipantAttributesChanged, (changed, { identity }) => note('attributes', { who: identity, changed }));
		room.on(RoomEvent.ParticipantNameChanged, (name, { identity }) => note('name', { who: identity, name }));
		room.on(RoomEvent.RoomMetadataChanged, (metadata) => note('room', { metadata }));
		room.on(RoomEvent.SignalReconnecting, () => note('resuming'));
		room.on(RoomEvent.Reconnecting, () => note('reconnecting'));
		room.on(RoomEvent.Reconnected, () => note('reconnected'));
		room.on(RoomEvent.DataReceived, (bytes, from, kind, topic) =>
			this.data.push({ from: from?.identity, lossy: kind === 1, topic, length: bytes.length, sum: sum(bytes) }));
		takeStreams(room, this.streams);
		room.registerRpcMethod('echo', async ({ callerIdentity, payload: said }) => `${room.localParticipant.identity} heard ${callerIdentity}: ${said}`);
		await room.connect(url, token, { autoSubscribe });
		return this.report();
	}

	#onTrack(key, track, publication) {
		this.mimes[key] = publication.mimeType;
		if (track.kind === Track.Kind.Audio) {
			this.ears.set(key, new (hasSound ? Ear : RecordingEar)(track.mediaStreamTrack));
			return;
		}
		const element = track.attach();
		element.width = 64; // on the page and small: shown, but cheap
		document.body.append(element);
		if (!this.videos.has(key)) this.videos.set(key, new Watcher());
		watchVideo(element, this.videos.get(key), publication.trackSid);
	}

	async publishVideo(name, { source, width = 640, height = 360, fps = 15, codec = 'vp8', simulcast = false, as = 'camera', kbps = 500 } = {}) {
		const canvas = document.createElement('canvas');
		Object.assign(canvas, { width, height });
		const context = canvas.getContext('2d', { alpha: false });
		const before = this.published.get(name);
		const state = { canvas, number: before ? before.number : 0 };
		state.timer = setInterval(() => {
			draw(state.number++, source, (x, y, w, h, [r, g, b]) => {
				context.fillStyle = `rgb(${r},${g},${b})`;
				context.fillRect(Math.round(x * width), Math.round(y * height), Math.ceil(w * width), Math.ceil(h * height));
			});
		}, 1000 / fps);
		state.track = new LocalVideoTrack(canvas.captureStream(fps).getVideoTracks()[0], undefined, true);
		this.published.set(name, state);
		await this.room.localParticipant.publishTrack(state.track, {
			name,
			source: as === 'camera' ? Track.Source.Camera : Track.Source.ScreenShare,
			videoCodec: codec,
			backupCodec: false,
			simulcast,
			degradationPreference: 'maintain-resolution', // else a busy processor gets smaller pictures
			videoEncoding: { maxBitrate: kbps * 1000, maxFramerate: fps },
			...(simulcast && width === 640 ? { videoSimulcastLayers: [new VideoPreset(320, 180, 180_000, fps)] } : {}),
		});
	}

	async publishAudio(name, { hertz }) {
		const { mediaTrack, stop } = hasSound ? makeTone(hertz) : await fakeMicrophone();
		const track = new LocalAudioTrack(mediaTrack, undefined, true);
		this.published.set(name, { track, stop });
		await this.room.localParticipant.publishTrack(track, { name, source: Track.Source.Microphone, dtx: false, red: false });
	}

	async mute(name, muted) {
		const { track } = this.published.get(name);
		await (muted ? track.mute() : track.unmute());
	}

	async unpublish(name) {
		const state = this.published.get(name);
		clearInterval(state.timer);
		state.stop?.();
		await this.room.localParticipant.unpublishTrack(state.track, true);
	}

	#publication(from, name) {
		const publications = this.room.remoteParticipants.get(from)?.trackPublications.values() ?? [];
		const found = [...publications].find((publication) => publication.trackName === name);
		if (!found) throw new Error(`no track ${name} of ${from}`);
		return found;
	}

	async subscribe(from, name, on = true) {
		this.#publication(from, name).setSubscribed(on);
	}

	async quality(from, name, quality) {
		this.#publication(from, name).setVideoQuality({ low: VideoQuality.LOW, medium: VideoQuality.MEDIUM, high: VideoQuality.HIGH }[quality]);
	}

	/** Only these may subscribe to what this one publishes; nothing given: everybody. */
	async allow(identities) {
		this.room.localParticipant.setTrackSubscriptionPermissions(!identities, (identities ?? []).map((participantIdentity) => ({ participantIdentity, allowAll: true })));
	}

	async sendData(length, seed, { lossy = false, to = [], topic } = {}) {
		const bytes = payload(length, seed);
		await this.room.localParticipant.publishData(bytes, { reliable: !lossy, destinationIdentities: to, topic });
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
		await this.room.simulateScenario(how === 'resume' ? 'signal-reconnect' : 'full-reconnect');
	}

	/** Whether this browser can do the codec: what its own offer says. direction: sendonly (encode), recvonly (decode). */
	async canDo(codec, direction) {
		const pc = new RTCPeerConnection();
		pc.addTransceiver('video', { direction });
		const { sdp } = await pc.createOffer();
		pc.close();
		return new RegExp(`a=rtpmap:\\d+ ${codec}/`, 'i').test(sdp);
	}

	/** What getStats says about a video that is received: for the message of a test that failed. */
	async inbound(key) {
		const [identity, name] = key.split('/');
		const { track } = this.#publication(identity, name);
		const fields = ['packetsReceived', 'packetsLost', 'framesReceived', 'framesDecoded', 'keyFramesDecoded', 'framesDropped', 'nackCount', 'pliCount', 'frameWidth', 'freezeCount'];
		for (const report of ((await track?.receiver?.getStats()) ?? new Map()).values())
			if (report.type === 'inbound-rtp') return Object.fromEntries(fields.map((field) => [field, report[field]]));
		return `no inbound stream; subscribed ${this.#publication(identity, name).isSubscribed}`;
	}

	/** Streams that this one encodes and sends now, as getStats tells. */
	async sending() {
		const list = [];
		for (const publication of this.room.localParticipant.trackPublications.values()) {
			const reports = (await publication.track?.getRTCStatsReport()) ?? new Map();
			for (const report of reports.values())
				if (report.type === 'outbound-rtp') list.push({ name: publication.trackName, rid: report.rid, frames: report.framesEncoded ?? 0, width: report.frameWidth ?? 0 });
		}
		return list;
	}

	async leave() {
		for (const state of this.published.values()) clearInterval(state.timer);
		await this.room?.disconnect();
	}

	report() {
		const { room } = this;
		const list = (map, of) => Object.fromEntries([...map].map(([key, value]) => [key, of(value)]));
		return {
			state: room.state,
			sid: room.localParticipant.sid,
			single: room.engine?.pcManager ? room.engine.pcManager.mode === 'publisher-only' : undefined,
			canPublish: room.localParticipant.permissions?.canPublish,
			others: [...room.remoteParticipants.values()].map((p) => ({
				identity: p.identity, sid: p.sid, name: p.name, metadata: p.metadata, attributes: p.attributes,
				tracks: [...p.trackPublications.values()].map((t) => ({ name: t.trackName, muted: t.isMuted, subscribed: t.isSubscribed, mime: t.mimeType })),
			})),
			videos: list(this.videos, (watcher) => ({ ...watcher })),
			audios: list(this.ears, (ear) => ear.listen()),
			mimes: this.mimes,
			data: this.data, streams: this.streams,
			events: this.events,
		};
	}
}

const participants = new Map();
window.call = async (id, method, ...args) => {
	if (!participants.has(id)) participants.set(id, new Participant());
	return (await participants.get(id)[method](...args)) ?? null;
};
window.ready = true;
