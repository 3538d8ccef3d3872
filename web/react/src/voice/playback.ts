// SPDX-License-Identifier: Apache-2.0
/**
 * Plays a voice note. What browsers record has no index, so an <audio> element neither knows its length nor jumps in it: the sound is
 * decoded whole (minutes at most) and played from memory. One plays at a time. No React.
 */
import { Store, type Observable } from '@confab/client';

export interface PlaybackState {
  readonly status: 'idle' | 'loading' | 'playing' | 'failed';
  /** Milliseconds from the beginning. */
  readonly position: number;
}

/** What a player of voice notes is given, React's and the widget's. */
export interface VoiceNoteProps {
  load: () => Promise<ArrayBuffer>;
  durationMs: number;
  waveform: string;
  /** Where it can be saved, for browsers that cannot play it. */
  url?: string;
}

const TICK_MS = 100;
/** Speech needs no more, and memory is somebody's phone. */
const RATE = 24_000;

/** Where there is nothing to play on, Firefox neither resumes nor says no. */
const RESUME_MS = 3_000;

let playing: VoicePlayback | undefined;

async function soon(resumed: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new DOMException('', 'TimeoutError')), RESUME_MS)));
  await Promise.race([resumed, late]).finally(() => clearTimeout(timer));
}

export class VoicePlayback {
  readonly #state = new Store<PlaybackState>({ status: 'idle', position: 0 });
  readonly state$: Observable<PlaybackState> = this.#state;
  #sound: AudioBuffer | undefined;
  #context: AudioContext | undefined;
  #node: AudioBufferSourceNode | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly load: () => Promise<ArrayBuffer>,
    readonly durationMs: number,
  ) {}

  toggle(): void {
    if (this.#state.get().status === 'playing') this.pause();
    else void this.play();
  }

  async play(): Promise<void> {
    const { status, position } = this.#state.get();
    if (status === 'loading' || status === 'playing') return;
    this.#context ??= new AudioContext(); // within the click, else it stays silent
    try {
      if (!this.#sound) {
        this.#set({ status: 'loading' });
        this.#sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await this.load());
        if (this.#state.get().status !== 'loading') return; // given up meanwhile
      }
      if (playing !== this) playing?.pause();
      playing = this;
      await soon(this.#context.resume());
      this.#begin(position >= this.durationMs ? 0 : position);
    } catch {
      this.#set({ status: 'failed' });
    }
  }

  pause(): void {
    this.#silence();
    if (this.#state.get().status !== 'failed') this.#set({ status: 'idle' });
  }

  seek(ms: number): void {
    const position = Math.max(0, Math.min(this.durationMs, ms));
    this.#set({ position });
    if (this.#state.get().status === 'playing') this.#begin(position);
  }

  /** The view is gone. */
  end(): void {
    this.pause();
    if (playing === this) playing = undefined;
    void this.#context?.close().catch(() => {});
    this.#context = undefined;
  }

  #begin(position: number): void {
    const context = this.#context;
    const sound = this.#sound;
    if (!context || !sound) return;
    this.#silence();
    const node = context.createBufferSource();
    node.buffer = sound;
    node.connect(context.destination);
    node.start(0, position / 1000);
    const started = context.currentTime;
    this.#node = node;
    this.#set({ status: 'playing', position });
    this.#timer = setInterval(() => {
      const now = position + (context.currentTime - started) * 1000;
      if (now < Math.min(this.durationMs, sound.duration * 1000)) return this.#set({ position: now });
      this.#silence();
      this.#set({ status: 'idle', position: 0 });
    }, TICK_MS);
  }

  #silence(): void {
    clearInterval(this.#timer);
    this.#node?.stop();
    this.#node?.disconnect();
    this.#node = undefined;
  }

  #set(change: Partial<PlaybackState>): void {
    this.#state.update((state) => ({ ...state, ...change }));
  }
}
