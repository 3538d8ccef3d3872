// SPDX-License-Identifier: Apache-2.0
/** The real media session: LiveKit's open protocol through livekit-client. */
import type { LocalTrack, LocalTrackPublication, RemoteTrackPublication } from 'livekit-client';
import {
  ConnectionError,
  ConnectionErrorReason,
  ConnectionState,
  DisconnectReason,
  LocalAudioTrack,
  LocalVideoTrack,
  LogLevel,
  Room,
  RoomEvent,
  Track,
  TrackEvent,
  createLocalAudioTrack,
  createLocalTracks,
  createLocalVideoTrack,
  setLogLevel,
} from './livekit-client.ts';
import { toDeviceError, type Facing } from '../devices/browser.ts';
import type { PreviewTracks } from '../devices/preview.ts';
import { ConfabError, ErrorCode, type DeviceKind } from '../errors.ts';
import { participantsOf } from './participants.ts';
import { retryPolicy } from './retry.ts';
import type { ChosenDevices, MediaHandlers, MediaSession } from './session.ts';
import { watchSound } from './sound.ts';

// what matters of it comes back as errors and events; a lost connection is no error in the console
setLogLevel(LogLevel.silent);

const SOURCES = {
  camera: Track.Source.Camera,
  microphone: Track.Source.Microphone,
  screenShare: Track.Source.ScreenShare,
} as const;

/** Everything after which the list of participants looks different. */
const CHANGES = [
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.ParticipantNameChanged,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.ActiveSpeakersChanged,
  RoomEvent.ConnectionQualityChanged,
] as const;

/** The server took us out on purpose: coming back would be wrong. */
const REMOVED = new Set([
  DisconnectReason.PARTICIPANT_REMOVED,
  DisconnectReason.ROOM_DELETED,
  DisconnectReason.ROOM_CLOSED,
  DisconnectReason.DUPLICATE_IDENTITY,
]);

const SIGNAL_GRACE_MS = 2000;
const PERMISSION_WAIT_MS = 3000;
/** For one attempt to reach the server. What is sent into a network that is away is sent again 1, 3, 7 and 15 s later: a new attempt is there sooner. */
const SIGNAL_MS = 8000;
/** How long leaving waits for a connection that is being made. */
const GOODBYE_MS = 2000;

type AnyTrack = LocalTrack | LocalAudioTrack | LocalVideoTrack;
type Prepared = Partial<Record<'camera' | 'microphone', Promise<AnyTrack>>>;

export class LiveKitSession implements MediaSession {
  readonly #room = new Room({
    adaptiveStream: false,
    dynacast: false,
    // the server does not speak /rtc/v1 yet, and a refused upgrade would show as an error in the console
    singlePeerConnection: false,
    reconnectPolicy: retryPolicy(),
  });
  #prepared: Prepared = {};
  /** On their way to the server: not the room's yet, which stops its own when it is left. */
  readonly #publishing = new Set<AnyTrack>();
  #closed = false;
  /** The others' cameras are received. */
  #video = true;
  #connecting: Promise<void> | undefined;
  #lost = false;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #scheduled = false;
  #unwatchSound: (() => void) | undefined;
  /** Sources whose track ended without us: unplugged, or the permission was taken away. */
  readonly #ended = new Set<Track.Source>();

  constructor(private readonly handlers: MediaHandlers) {
    const room = this.#room;
    for (const event of CHANGES) room.on(event, () => this.#changed());
    room.on(RoomEvent.ConnectionStateChanged, (state) => this.#onState(state));
    room.on(RoomEvent.Disconnected, (reason) => {
      const removed = reason !== undefined && REMOVED.has(reason);
      this.#unwatchSound?.();
      this.#tell(() => handlers.onEnded(removed ? 'removed' : 'lost'));
    });
    room.on(RoomEvent.TrackSubscribed, (_, publication) => this.#receive(publication));
    room.on(RoomEvent.LocalTrackPublished, (publication) => this.#watch(publication));
    room.on(RoomEvent.LocalTrackUnpublished, ({ source }) => this.#unpublished(source));
    room.on(RoomEvent.TrackMuted, ({ source }, { isLocal }) => isLocal && this.#device(source, false));
    room.on(RoomEvent.TrackUnmuted, ({ source }, { isLocal }) => isLocal && this.#device(source, true));
  }

  prepare({ camera, microphone }: { camera: boolean; microphone: boolean }, devices: ChosenDevices, open: PreviewTracks): void {
    const video = idOf(devices.camera);
    const audio = idOf(devices.microphone);
    // for a device that is turned on later
    this.#room.options.videoCaptureDefaults = { ...this.#room.options.videoCaptureDefaults, ...video };
    this.#room.options.audioCaptureDefaults = { ...this.#room.options.audioCaptureDefaults, ...audio };
    if (camera && open.camera) this.#prepared.camera = Promise.resolve(new LocalVideoTrack(open.camera, video, false));
    if (microphone && open.microphone) this.#prepared.microphone = Promise.resolve(new LocalAudioTrack(open.microphone, audio, false));
    const openCamera = camera && !open.camera;
    const openMicrophone = microphone && !open.microphone;
    if (openCamera && openMicrophone) {
      // one question to the person instead of two; when it fails, each device may still work alone
      const both = createLocalTracks({ audio: devices.microphone ? audio : true, video: devices.camera ? video : true });
      const pick = async (kind: Track.Kind, alone: () => Promise<AnyTrack>): Promise<AnyTrack> => {
        const tracks = await both.catch(() => []);
        return tracks.find((track) => track.kind === kind) ?? alone();
      };
      // one after the other: some browsers refuse two questions at once
      const picture = pick(Track.Kind.Video, () => createLocalVideoTrack(video));
      const sound = pick(Track.Kind.Audio, () => picture.catch(() => undefined).then(() => createLocalAudioTrack(audio)));
      this.#prepared = { camera: picture, microphone: sound };
    } else if (openCamera) {
      this.#prepared.camera = createLocalVideoTrack(video);
    } else if (openMicrophone) {
      this.#prepared.microphone = createLocalAudioTrack(audio);
    }
    for (const track of Object.values(this.#prepared)) track.catch(() => {}); // told by set()
  }

  async connect(url: string, token: string): Promise<void> {
    try {
      this.#connecting = this.#room.connect(url, token, { websocketTimeout: SIGNAL_MS });
      await this.#connecting;
      if (!this.#closed) this.#unwatchSound = watchSound(this.#room);
      this.#changed();
    } catch (cause) {
      throw connectError(cause);
    }
  }

  async disconnect(): Promise<void> {
    this.#closed = true;
    this.#unwatchSound?.();
    clearTimeout(this.#grace);
    const waiting = Object.values(this.#prepared);
    this.#prepared = {};
    for (const track of waiting) void track.then((t) => t.stop()).catch(() => {});
    for (const track of this.#publishing) track.stop();
    // a connection that is broken off half made cannot say goodbye: the others would see somebody who may come back
    const soon = new Promise<void>((resolve) => setTimeout(resolve, GOODBYE_MS));
    await Promise.race([this.#connecting?.catch(() => {}), soon]);
    try {
      await this.#room.disconnect(true);
    } catch {
      // already gone
    }
  }

  async set(kind: DeviceKind, on: boolean): Promise<void> {
    const local = this.#room.localParticipant;
    if (on) await this.#permitted(SOURCES[kind]);
    try {
      if (kind === 'screenShare') {
        await local.setScreenShareEnabled(on, { audio: true, selfBrowserSurface: 'exclude', contentHint: 'detail' });
        return;
      }
      const prepared = this.#prepared[kind];
      delete this.#prepared[kind];
      if (prepared && !on) void prepared.then((track) => track.stop()).catch(() => {});
      if (prepared && on) {
        const track = await prepared;
        if (this.#closed) return track.stop();
        this.#publishing.add(track);
        await local.publishTrack(track as LocalTrack, { source: SOURCES[kind] }).finally(() => this.#publishing.delete(track));
      } else if (kind === 'camera') {
        await local.setCameraEnabled(on);
      } else {
        await local.setMicrophoneEnabled(on);
      }
    } catch (cause) {
      throw toDeviceError(kind, cause);
    }
  }

  /** A right that was granted a moment ago: the event socket has said so, and signalling, which publishing goes by, may be later. */
  async #permitted(source: Track.Source): Promise<void> {
    const room = this.#room;
    const may = () => {
      const { permissions } = room.localParticipant;
      if (!permissions) return true; // not connected yet
      return permissions.canPublish && (permissions.canPublishSources.length === 0 || permissions.canPublishSources.includes(Track.sourceToProto(source)));
    };
    if (may()) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        room.off(RoomEvent.ParticipantPermissionsChanged, look).off(RoomEvent.Disconnected, done);
        resolve();
      };
      const look = () => may() && done();
      const timer = setTimeout(done, PERMISSION_WAIT_MS); // then the refusal is the answer
      room.on(RoomEvent.ParticipantPermissionsChanged, look).on(RoomEvent.Disconnected, done);
    });
  }

  async select(kind: 'camera' | 'microphone', deviceId: string): Promise<void> {
    try {
      await this.#room.switchActiveDevice(kind === 'camera' ? 'videoinput' : 'audioinput', deviceId);
    } catch (cause) {
      throw toDeviceError(kind, cause);
    }
  }

  async face(facing: Facing): Promise<void> {
    this.#room.options.videoCaptureDefaults = { ...this.#room.options.videoCaptureDefaults, facingMode: facing };
    const track = this.#room.localParticipant.getTrackPublication(Track.Source.Camera)?.videoTrack;
    if (!(track instanceof LocalVideoTrack) || track.isMuted) return;
    try {
      await track.restartTrack({ facingMode: facing });
    } catch (cause) {
      throw toDeviceError('camera', cause);
    }
  }

  receiveVideo(on: boolean): void {
    if (on === this.#video) return;
    this.#video = on;
    for (const { trackPublications } of this.#room.remoteParticipants.values()) {
      for (const publication of trackPublications.values()) this.#receive(publication);
    }
    this.#changed();
  }

  /** The server sends nothing of what is disabled, and goes on at once when it is not any more. */
  #receive(publication: RemoteTrackPublication): void {
    if (publication.source === Track.Source.Camera) publication.setEnabled(this.#video);
  }

  localTrack(kind: DeviceKind): MediaStreamTrack | undefined {
    return this.#room.localParticipant.getTrackPublication(SOURCES[kind])?.track?.mediaStreamTrack;
  }

  /** A short loss of signalling alone goes unnoticed: the media may well be flowing. */
  #onState(state: ConnectionState): void {
    clearTimeout(this.#grace);
    if (state === ConnectionState.SignalReconnecting && !this.#lost) {
      this.#grace = setTimeout(() => this.#setLost(true), SIGNAL_GRACE_MS);
    }
    if (state === ConnectionState.Reconnecting) this.#setLost(true);
    if (state === ConnectionState.Connected) this.#setLost(false);
  }

  #setLost(lost: boolean): void {
    if (lost === this.#lost) return;
    this.#lost = lost;
    this.#tell(() => (lost ? this.handlers.onReconnecting() : this.handlers.onReconnected(this.#sending())));
    this.#changed();
  }

  /** livekit-client tries another device when one ends; if that fails too, it mutes the track. */
  #watch(publication: LocalTrackPublication): void {
    publication.on(TrackEvent.Ended, () => this.#ended.add(publication.source));
    publication.track?.on(TrackEvent.Restarted, () => this.#ended.delete(publication.source));
  }

  /** A room that is built anew or goes down takes everybody's tracks back by itself: nobody turned anything off. */
  #unpublished(source: Track.Source): void {
    queueMicrotask(() => {
      const { state } = this.#room; // says so only after this event
      if (state !== ConnectionState.Reconnecting && state !== ConnectionState.Disconnected) this.#device(source, false);
    });
  }

  #sending(): Record<DeviceKind, boolean> {
    const local = this.#room.localParticipant;
    return { camera: local.isCameraEnabled, microphone: local.isMicrophoneEnabled, screenShare: local.isScreenShareEnabled };
  }

  #device(source: Track.Source, on: boolean): void {
    const lost = this.#ended.delete(source) && !on && source !== Track.Source.ScreenShare;
    for (const kind of ['camera', 'microphone', 'screenShare'] as const) {
      if (SOURCES[kind] === source) this.#tell(() => this.handlers.onDevice(kind, on, lost));
    }
  }

  /** Many events come in bursts: one new list for all of them. */
  #changed(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#tell(() => this.handlers.onParticipants(participantsOf(this.#room, this.#video)));
    });
  }

  #tell(call: () => void): void {
    if (!this.#closed) call();
  }
}

/** Wished for, not demanded: a device that was unplugged since then must not keep the person without one. */
function idOf(deviceId: string | undefined): { deviceId?: string } {
  return deviceId === undefined ? {} : { deviceId };
}

/** What livekit-client keeps of an answer that it has no name for. */
const isUnavailable = (context: unknown): boolean =>
  typeof context === 'object' && context !== null && 'status' in context && context.status === 503;

function connectError(cause: unknown): ConfabError {
  if (cause instanceof ConnectionError && cause.reason === ConnectionErrorReason.NotAllowed) {
    return new ConfabError(`The media server refused the call: ${cause.message}`, {
      code: ErrorCode.notAllowed,
      statusCode: cause.status ?? 401,
      unrecoverable: true,
      cause,
    });
  }
  if (cause instanceof ConnectionError && isUnavailable(cause.context)) {
    const text = 'This server or this call is full right now. Try again in a moment.';
    return new ConfabError(text, { code: ErrorCode.serverFull, statusCode: 503, retryAfter: 5, cause });
  }
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ConfabError(`The media connection could not be made: ${detail}`, { cause });
}
