// SPDX-License-Identifier: Apache-2.0
/** Camera and microphone before the call: opened here, and handed over when it is joined, so that nothing starts twice. */
import { DeviceError, type DeviceKind } from '../errors.ts';
import type { Capture, Facing } from './browser.ts';
import type { DeviceHost } from './manager.ts';

export type PreviewTracks = Partial<Record<'camera' | 'microphone', MediaStreamTrack>>;

export class Preview implements DeviceHost {
  #tracks: PreviewTracks = {};
  #devices: Partial<Record<'camera' | 'microphone', string>>;
  #facing: Facing | undefined;
  #closed = false;
  readonly #opening = new Set<'camera' | 'microphone'>();

  constructor(
    private readonly capture: Capture,
    devices: Partial<Record<'camera' | 'microphone', string | undefined>>,
    /** A device went away by itself. */
    private readonly onLost: (kind: 'camera' | 'microphone') => void,
  ) {
    this.#devices = Object.fromEntries(Object.entries(devices).filter(([, id]) => id !== undefined));
  }

  async set(kind: DeviceKind, on: boolean): Promise<void> {
    if (kind === 'screenShare') return; // there is nobody to show it to yet
    if (!on) return this.#stop(kind);
    if (!this.#tracks[kind]) await this.#open(kind);
  }

  async select(kind: 'camera' | 'microphone', deviceId: string): Promise<void> {
    const before = this.#devices[kind];
    this.#devices[kind] = deviceId;
    if (!this.#tracks[kind]) return;
    try {
      await this.#open(kind);
    } catch (error) {
      if (before === undefined) delete this.#devices[kind];
      else this.#devices[kind] = before;
      throw error;
    }
  }

  async face(facing: Facing): Promise<void> {
    this.#facing = facing;
    if (this.#tracks.camera) await this.#open('camera');
  }

  localTrack(kind: DeviceKind): MediaStreamTrack | undefined {
    return kind === 'screenShare' ? undefined : this.#tracks[kind];
  }

  /** Ends the preview and gives its tracks away. */
  take(): PreviewTracks {
    this.#closed = true;
    const tracks = this.#tracks;
    this.#tracks = {};
    return tracks;
  }

  close(): void {
    for (const track of Object.values(this.take())) track.stop();
  }

  async #open(kind: 'camera' | 'microphone'): Promise<void> {
    const capture = () => this.capture(kind, this.#devices[kind], kind === 'camera' ? this.#facing : undefined);
    this.#opening.add(kind);
    const track = await capture()
      .catch((error: unknown) => {
        // phones have one camera at a time: the other one is free once this one is closed
        if (!(error instanceof DeviceError) || error.reason !== 'busy' || !this.#tracks[kind]) throw error;
        this.#stop(kind);
        return capture();
      })
      .finally(() => this.#opening.delete(kind));
    if (this.#closed) return track.stop();
    this.#stop(kind);
    this.#tracks[kind] = track;
    track.addEventListener('ended', () => {
      if (this.#tracks[kind] !== track || this.#opening.has(kind)) return; // the next one ended it
      delete this.#tracks[kind];
      this.onLost(kind);
    });
  }

  #stop(kind: 'camera' | 'microphone'): void {
    const track = this.#tracks[kind];
    delete this.#tracks[kind];
    track?.stop();
  }
}
