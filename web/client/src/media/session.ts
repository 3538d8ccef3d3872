// SPDX-License-Identifier: Apache-2.0
/** One connection to the media server, as the call sees it. livekit.ts is the real one; tests bring their own. */
import type { PreviewTracks } from '../devices/preview.ts';
import type { DeviceHost } from '../devices/manager.ts';
import { ConfabError, type DeviceKind } from '../errors.ts';

export type ConnectionQuality = 'unknown' | 'lost' | 'poor' | 'good' | 'excellent';

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
  /** How well they are connected, as the server measures it. Worth a warning only when poor or lost. */
  readonly connectionQuality: ConnectionQuality;
  /** Undefined while off. */
  readonly audioTrack: MediaStreamTrack | undefined;
  readonly videoTrack: MediaStreamTrack | undefined;
  readonly screenShareTrack: MediaStreamTrack | undefined;
  readonly screenShareAudioTrack: MediaStreamTrack | undefined;
  /** Their last reaction, until `call.resetReaction`. */
  readonly reaction: Reaction | undefined;
}

/** What somebody sent with `call.sendReaction`. */
export interface Reaction {
  readonly type: string;
  readonly emoji_code?: string;
  readonly custom?: Readonly<Record<string, unknown>>;
}

/** removed: taken out by somebody, or the call was ended; lost: the server cannot be reached any more. */
export type MediaEnd = 'removed' | 'lost';

export interface MediaHandlers {
  onParticipants(participants: readonly Participant[]): void;
  onReconnecting(): void;
  /** `sending`: what is on now; not all of it may have outlived the loss. */
  onReconnected(sending: Readonly<Record<DeviceKind, boolean>>): void;
  /** After this the session is dead. Not called when `disconnect` was. */
  onEnded(end: MediaEnd): void;
  /** A device went on or off without us: the server muted it, or the browser's own "Stop sharing". `lost`: it was unplugged. */
  onDevice(kind: DeviceKind, on: boolean, lost: boolean): void;
}

/** Device ids; undefined: whichever the browser takes. */
export interface ChosenDevices {
  camera: string | undefined;
  microphone: string | undefined;
}

export interface MediaSession extends DeviceHost {
  /**
   * Starts opening the devices while the connection is still being made; what a preview has open already is taken
   * over. Errors come out of `set`.
   */
  prepare(kinds: { camera: boolean; microphone: boolean }, devices: ChosenDevices, open: PreviewTracks): void;
  /** Resolves when media can flow. Rejects with ConfabError. */
  connect(url: string, token: string): Promise<void>;
  /** Whether the others' cameras are received; screens always are. At first they are. */
  receiveVideo(on: boolean): void;
  /** Closes the connection and every device. Never rejects; may be called at any time, also twice. */
  disconnect(): Promise<void>;
}

export type MediaFactory = (handlers: MediaHandlers) => Promise<MediaSession>;

/** The real media code is a chunk of its own: it is fetched when the first call starts. */
export const livekitFactory: MediaFactory = async (handlers) => {
  const { LiveKitSession } = await import('./livekit.ts').catch((cause: unknown) => {
    throw new ConfabError('The server could not be reached.', { cause }); // the browser names a file, which helps nobody
  });
  return new LiveKitSession(handlers);
};
