// SPDX-License-Identifier: Apache-2.0
/** One connection to the media server, as the call sees it. livekit.ts is the real one; tests bring their own. */
import type { DeviceError, DeviceKind } from '../errors.ts';

/** One connection of one person to a call. Immutable: a change makes a new object. */
export interface Participant {
  /** Unique in the call; one user may be in it from two devices. */
  readonly sessionId: string;
  readonly userId: string;
  readonly name: string;
  readonly isLocal: boolean;
  /** True when no sound of theirs can be heard: microphone off, or none. */
  readonly isMuted: boolean;
  readonly isSpeaking: boolean;
  /** Undefined while off. */
  readonly audioTrack: MediaStreamTrack | undefined;
  readonly videoTrack: MediaStreamTrack | undefined;
  readonly screenShareTrack: MediaStreamTrack | undefined;
  readonly screenShareAudioTrack: MediaStreamTrack | undefined;
}

/** removed: taken out by somebody, or the call was ended; lost: the server cannot be reached any more. */
export type MediaEnd = 'removed' | 'lost';

export interface MediaHandlers {
  onParticipants(participants: readonly Participant[]): void;
  onReconnecting(): void;
  onReconnected(): void;
  /** After this the session is dead. Not called when `disconnect` was. */
  onEnded(end: MediaEnd): void;
  /** A device went on or off without us: unplugged, or the browser's own "Stop sharing". */
  onDevice(kind: DeviceKind, on: boolean): void;
}

/** Device ids; undefined: whichever the browser takes. */
export interface ChosenDevices {
  camera: string | undefined;
  microphone: string | undefined;
}

export interface MediaSession {
  /** Starts opening the devices while the connection is still being made. Errors come out of `set`. */
  prepare(kinds: { camera: boolean; microphone: boolean }, devices: ChosenDevices): void;
  /** Resolves when media can flow. Rejects with ConfabError. */
  connect(url: string, token: string): Promise<void>;
  /** Closes the connection and every device. Never rejects; may be called at any time, also twice. */
  disconnect(): Promise<void>;
  /** Turns a device on or off. Rejects with DeviceError. */
  set(kind: DeviceKind, on: boolean): Promise<void>;
  /** Uses another camera or microphone, at once if it is on. Rejects with DeviceError; the old one then goes on. */
  select(kind: 'camera' | 'microphone', deviceId: string): Promise<void>;
}

export type DeviceFailure = DeviceError;
export type MediaFactory = (handlers: MediaHandlers) => Promise<MediaSession>;

/** The real media code is a chunk of its own: it is fetched when the first call starts. */
export const livekitFactory: MediaFactory = async (handlers) => {
  const { LiveKitSession } = await import('./livekit.ts');
  return new LiveKitSession(handlers);
};
