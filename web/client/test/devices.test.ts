// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceError, toDeviceError } from '../src/devices/browser.ts';
import { rootMeanSquare } from '../src/devices/level.ts';
import { MicrophoneManager } from '../src/devices/microphone.ts';
import { noPreferences, storedPreferences } from '../src/devices/preferences.ts';
import { Preview } from '../src/devices/preview.ts';
import { hear, silence } from '../src/devices/speech.ts';
import { SpeakerManager } from '../src/devices/speaker.ts';
import type { Call } from '../src/index.ts';
import { ALL } from './lib/coordinator.ts';
import { FakeMedia, FakeTrack, VideoClient, ann, joinResponse, makeToken, makeWorld, until, type World } from './lib/fakes.ts';

async function setUp(): Promise<World & { call: Call }> {
  const world = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  await client.connectUser(ann, async () => makeToken('ann'));
  return Object.assign(world, { call: client.call('default', 'room') });
}

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const free = { log: quiet, preferences: noPreferences, forbidden: () => undefined };

class Shelf {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
}

test('what getUserMedia throws: denied, missing, busy, and the rest', () => {
  const reason = (name: string) => toDeviceError('camera', Object.assign(new Error('x'), { name })).reason;
  assert.deepEqual(['NotAllowedError', 'NotFoundError', 'NotReadableError', 'OverconstrainedError', 'Strange'].map(reason), [
    'denied', 'missing', 'busy', 'missing', 'unknown',
  ]);
});

test('choices survive a visit: on or off, and which device', async () => {
  const shelf = new Shelf();
  const first = storedPreferences('k', shelf);
  first.set('camera', { enabled: false });
  first.set('camera', { deviceId: 'cam2' });
  const second = storedPreferences('k', shelf);
  assert.deepEqual(second.get('camera'), { enabled: false, deviceId: 'cam2' });
  assert.deepEqual(second.get('microphone'), {});
});

test('a storage with nonsense in it, or that is full, is as good as none', () => {
  for (const text of ['', '{', 'null', '7', '{"camera": 5}', '{"camera": {"enabled": "yes", "deviceId": 9}}']) {
    const shelf = new Shelf();
    shelf.items.set('k', text);
    assert.deepEqual(storedPreferences('k', shelf).get('camera'), {}, text);
  }
  const full = storedPreferences('k', { getItem: () => null, setItem: () => { throw new Error('quota'); } });
  full.set('camera', { enabled: true });
  assert.deepEqual(storedPreferences('k', undefined).get('camera'), {});
});

test('the choice of last time beats the default, an order beats both', () => {
  const preferences = storedPreferences('k', new Shelf());
  preferences.set('microphone', { enabled: false, deviceId: 'mic1' });
  const microphone = new MicrophoneManager({ ...free, preferences });
  assert.equal(microphone.state.selectedDevice, 'mic1');
  assert.equal(microphone.intend(true), false);
  void microphone.enable();
  assert.equal(microphone.intend(true), true);
  assert.equal(preferences.get('microphone').enabled, true);
  void microphone.disable({ remember: false });
  assert.equal(microphone.intend(true), false);
  assert.equal(preferences.get('microphone').enabled, true, 'for this call only');
});

test('a guessed default is overruled by the real one, a choice is not', () => {
  const microphone = new MicrophoneManager(free);
  assert.equal(microphone.intend(true, true), true);
  assert.equal(microphone.intend(false), false);
  const chosen = new MicrophoneManager(free);
  chosen.intend(true, true);
  void chosen.enable();
  assert.equal(chosen.intend(false), true);
});

test("the call type's defaults hold at join when nobody chose", async () => {
  const { call, server, media } = await setUp();
  server.routes['POST /api/v1/call/default/room/join'] = () => {
    const reply = joinResponse('ann');
    const { settings } = reply.call;
    reply.call.settings = { ...settings, audio: { ...settings.audio, mic_default_on: false }, video: { ...settings.video, enabled: false } };
    return { status: 200, body: reply };
  };
  await call.join({ create: true });
  assert.deepEqual(media[0]?.prepared, { camera: false, microphone: false });
  assert.equal(call.microphone.state.optimisticStatus, 'disabled');
});

test('a device that is unplugged in a call goes off and says why; turning it on again clears that', async () => {
  const { call, media } = await setUp();
  await call.join();
  await until(() => call.camera.state.status === 'enabled');
  media[0]?.handlers.onDevice('camera', false, true);
  assert.equal(call.camera.state.status, 'disabled');
  assert.equal(call.camera.state.error?.message, deviceError('camera', 'lost').message);
  await call.camera.enable();
  assert.equal(call.camera.state.error, undefined);
  media[0]?.handlers.onDevice('microphone', false, false); // muted by the server: no error
  assert.equal(call.microphone.state.error, undefined);
  assert.equal(call.microphone.state.status, 'disabled');
});

test('a right that is missing: enable rejects with code 17 and asks no device', async () => {
  const { call, server, media } = await setUp();
  const without = ALL.filter((right) => right !== 'screenshare' && right !== 'send-video');
  server.routes['POST /api/v1/call/default/room/join'] = () => ({ status: 200, body: { ...joinResponse('ann'), own_capabilities: without } });
  await call.join();
  assert.deepEqual(media[0]?.prepared, { camera: false, microphone: true });
  await assert.rejects(call.screenShare.enable(), { code: 17, message: /screenshare/ });
  await assert.rejects(call.camera.toggle(), { code: 17 });
  assert.deepEqual(media[0]?.orders.filter((order) => !order.startsWith('microphone')), []);
});

test('a right that is revoked in the call stops the track at once, and comes back without turning it on', async () => {
  const { call, server, media } = await setUp();
  await call.join();
  await until(() => call.microphone.state.status === 'enabled');
  const tell = (own_capabilities: string[]) =>
    server.socket.emit({ type: 'call.permissions_updated', cid: 'default:room', cursor: ++server.cursor, user: ann, own_capabilities });
  tell(ALL.filter((right) => right !== 'send-audio'));
  await until(() => call.microphone.state.status === 'disabled');
  assert.equal(call.permissionsContext.hasPermission('send-audio'), false);
  assert.equal(call.permissionsContext.canRequest('send-audio'), true);
  await assert.rejects(call.microphone.enable(), { code: 17 });
  tell(ALL);
  assert.equal(call.microphone.state.status, 'disabled');
  await call.microphone.enable();
  assert.equal(media[0]?.orders.at(-1), 'microphone on');
});

test('preview: opens what is wanted, follows orders, and hands its tracks to the call', async () => {
  const { call, captured, media } = await setUp();
  await call.camera.select('cam1');
  call.startPreview();
  await until(() => call.camera.state.status === 'enabled' && call.microphone.state.status === 'enabled');
  assert.deepEqual(captured.sort(), ['camera cam1', 'microphone any']);
  const picture = call.camera.state.track as unknown as FakeTrack;
  assert.equal(picture.readyState, 'live');
  await call.microphone.disable();
  assert.equal(call.microphone.state.track, undefined);
  await call.join();
  assert.deepEqual(media[0]?.prepared, { camera: true, microphone: false });
  assert.equal(media[0]?.takenOver?.camera, picture);
  assert.equal(picture.readyState, 'live'); // the light did not blink
  assert.equal(captured.length, 2);
});

test('a preview that is stopped, or left, closes its devices; joining without a camera is kept', async () => {
  const { call, captured, media } = await setUp();
  call.startPreview();
  await until(() => call.camera.state.status === 'enabled');
  const track = call.camera.state.track as unknown as FakeTrack;
  await call.camera.disable();
  assert.equal(track.readyState, 'ended');
  await call.camera.enable();
  const second = call.camera.state.track as unknown as FakeTrack;
  call.stopPreview();
  assert.equal(second.readyState, 'ended');
  assert.equal(call.camera.state.optimisticStatus, 'enabled');
  await call.camera.disable();
  call.startPreview();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(captured.filter((what) => what.startsWith('camera')).length, 2);
  await call.join();
  assert.deepEqual(media[0]?.prepared, { camera: false, microphone: true });
});

test('a device unplugged in the preview', async () => {
  const { call } = await setUp();
  call.startPreview();
  await until(() => call.camera.state.status === 'enabled');
  (call.camera.state.track as unknown as FakeTrack).unplug();
  assert.equal(call.camera.state.status, 'disabled');
  assert.match(call.camera.state.error?.message ?? '', /unplugged/);
});

test('flip: front, back and front again, in a call and before', async () => {
  const { call, media } = await setUp();
  await call.camera.flip();
  assert.equal(call.camera.state.direction, 'back');
  await call.join();
  assert.ok(media[0]?.orders.includes('camera faces environment'));
  await call.camera.flip();
  assert.equal(call.camera.state.direction, 'front');
  assert.equal(media[0]?.orders.at(-1), 'camera faces user');
});

test('speech: half a second of it, and silence for longer before it ends', () => {
  let speech = silence;
  const feed = (level: number, looks: number) => {
    for (let i = 0; i < looks; i++) speech = hear(speech, level);
    return speech.speaking;
  };
  assert.equal(feed(0.2, 4), false);
  assert.equal(feed(0, 1), false);
  assert.equal(feed(0.2, 5), true);
  assert.equal(feed(0, 14), true);
  assert.equal(feed(0, 1), false);
  assert.equal(rootMeanSquare(new Float32Array([0.5, -0.5])), 0.5);
  assert.equal(rootMeanSquare(new Float32Array()), 0);
});

test('speaking while muted: heard on a copy, which goes when the microphone is on again', async () => {
  let tell: (level: number) => void = () => {};
  let listening = 0;
  const microphone = new MicrophoneManager(free, (_track, on) => {
    listening++;
    tell = on;
    return () => void listening--;
  });
  const media = new FakeMedia({} as never);
  const track = (media.tracks.microphone = new FakeTrack());
  microphone.attach(media);
  await microphone.enable();
  assert.equal(listening, 0);
  await microphone.disable();
  assert.equal(listening, 1);
  assert.equal(track.clones[0]?.enabled, true);
  for (let i = 0; i < 5; i++) tell(0.3);
  assert.equal(microphone.state.speakingWhileMuted, true);
  await microphone.enable();
  assert.equal(microphone.state.speakingWhileMuted, false);
  assert.equal(listening, 0);
  assert.equal(track.clones[0]?.readyState, 'ended');
});

test('the speaker: output, volume and silence, on every element it is given', async () => {
  const preferences = storedPreferences('k', new Shelf());
  const speaker = new SpeakerManager({ log: quiet, preferences });
  const sinks: string[] = [];
  const element = { muted: false, volume: 1, setSinkId: async (id: string) => void sinks.push(id) };
  const release = speaker.bind(element);
  speaker.setVolume(0.4);
  await speaker.disable();
  assert.deepEqual([element.volume, element.muted], [0.4, true]);
  await speaker.toggle();
  assert.equal(element.muted, false);
  await speaker.select('out2');
  assert.equal(speaker.state.selectedDevice, 'out2');
  const late = { muted: false, volume: 1, setSinkId: async (id: string) => void sinks.push(`late ${id}`) };
  speaker.bind(late);
  assert.deepEqual(sinks, ['out2', 'late out2']);
  assert.equal(late.volume, 0.4);
  release();
  speaker.setVolume(1);
  assert.equal(element.volume, 0.4);
  for (const bad of [-1, 1.1, Number.NaN]) assert.throws(() => speaker.setVolume(bad), { code: 4 });
  assert.equal(new SpeakerManager({ log: quiet, preferences }).state.selectedDevice, 'out2');
  const refusing = { muted: false, volume: 1, setSinkId: async () => { throw new Error('no such output'); } };
  speaker.bind(refusing);
  await assert.rejects(speaker.select('gone'), { name: 'ConfabError' });
  assert.equal(speaker.state.selectedDevice, 'out2');
});


test('a phone has one camera at a time: the other one is opened once this one is closed', async () => {
  const open = new Set<FakeTrack>();
  const capture = async (): Promise<MediaStreamTrack> => {
    if (open.size > 0) throw deviceError('camera', 'busy');
    const track = new FakeTrack();
    track.stop = () => void open.delete(track);
    open.add(track);
    return track as unknown as MediaStreamTrack;
  };
  const preview = new Preview(capture, {}, () => assert.fail('nothing was lost'));
  await preview.set('camera', true);
  const first = preview.localTrack('camera');
  await preview.face('environment');
  assert.equal(open.size, 1);
  assert.notEqual(preview.localTrack('camera'), first);
});

test('a camera that ends because the next one is opened was not unplugged', async () => {
  let last: FakeTrack | undefined;
  const capture = async (): Promise<MediaStreamTrack> => {
    last?.dispatchEvent(new Event('ended')); // iOS
    await Promise.resolve();
    last = new FakeTrack();
    return last as unknown as MediaStreamTrack;
  };
  const lost: string[] = [];
  const preview = new Preview(capture, {}, (kind) => lost.push(kind));
  await preview.set('camera', true);
  await preview.face('environment');
  assert.deepEqual(lost, []);
  last?.dispatchEvent(new Event('ended'));
  assert.deepEqual(lost, ['camera']);
});
