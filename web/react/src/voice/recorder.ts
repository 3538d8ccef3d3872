// SPDX-License-Identifier: Apache-2.0
/** Records a voice note: the microphone, how loud it is, and in the end the sound with its length and its shape. No React. */
import { Store, type Observable } from '@confab/client';
import { recordsVoice } from './supported.ts';

/** The server's limit (LIMIT_VOICE_MS). */
const VOICE_MAX_MS = 5 * 60_000;
/** Shorter is a slip of the finger. */
const MIN_MS = 400;
const TICK_MS = 60;
export const VOICE_BARS = 48;

/** In the order of preference: Opus wherever there is, Safari's MPEG-4 else. */
const TYPES = [
  ['audio/webm;codecs=opus', 'webm'],
  ['audio/ogg;codecs=opus', 'ogg'],
  ['audio/mp4', 'm4a'],
] as const;

export interface Recording {
  readonly sound: Blob;
  readonly name: string;
  readonly durationMs: number;
  /** A hex digit of loudness for each bar. */
  readonly waveform: string;
}

export type VoiceProblem = 'denied' | 'missing' | 'insecure' | 'short' | 'failed';

export interface RecorderState {
  /** asking: the browser asks the person for the microphone. */
  readonly status: 'idle' | 'asking' | 'recording' | 'done';
  readonly ms: number;
  /** 0 to 1, now. */
  readonly level: number;
  readonly recording: Recording | undefined;
  readonly problem: VoiceProblem | undefined;
}

const IDLE: RecorderState = { status: 'idle', ms: 0, level: 0, recording: undefined, problem: undefined };

export class VoiceRecorder {
  readonly #state = new Store<RecorderState>(IDLE);
  readonly state$: Observable<RecorderState> = this.#state;
  /** Changes with every start and cancel: what belongs to an older one is dropped. */
  #round = 0;
  #end: (() => void) | undefined;

  /** Whether this browser records at all. */
  static get supported(): boolean {
    return recordsVoice();
  }

  async start(): Promise<void> {
    if (this.#state.get().status !== 'idle') return;
    const round = ++this.#round;
    this.#state.set({ ...IDLE, status: 'asking' });
    let stream: MediaStream | undefined;
    try {
      if (!isSecureContext) throw new DOMException('', 'SecurityError');
      stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
      if (round !== this.#round) return letGo(stream);
      this.#record(stream, round);
    } catch (error) {
      letGo(stream);
      if (round === this.#round) this.#state.set({ ...IDLE, problem: problemOf(error) });
    }
  }

  /** Enough: what was said is there to be heard and sent. */
  stop(): void {
    if (this.#state.get().status === 'asking') return this.cancel();
    this.#end?.();
  }

  /** Nothing is kept. */
  cancel(): void {
    this.#round++;
    this.#end?.();
    this.#state.set(IDLE);
  }

  #record(stream: MediaStream, round: number): void {
    const [type, ending] = TYPES.find(([name]) => MediaRecorder.isTypeSupported(name)) ?? [undefined, 'webm'];
    const recorder = new MediaRecorder(stream, { ...(type ? { mimeType: type } : {}), audioBitsPerSecond: 32_000 });
    const meter = levelMeter(stream);
    const chunks: Blob[] = [];
    const levels: number[] = [];
    const started = performance.now();
    const elapsed = () => Math.min(VOICE_MAX_MS, Math.round(performance.now() - started));
    const timer = setInterval(() => {
      const level = meter.level();
      levels.push(level);
      if (round === this.#round) this.#state.set({ ...IDLE, status: 'recording', ms: elapsed(), level });
      if (elapsed() >= VOICE_MAX_MS) this.#end?.();
    }, TICK_MS);
    let durationMs = 0;
    this.#end = () => {
      this.#end = undefined;
      clearInterval(timer);
      durationMs = elapsed();
      if (recorder.state !== 'inactive') recorder.stop();
    };
    recorder.ondataavailable = ({ data }) => data.size > 0 && chunks.push(data);
    recorder.onstop = () => {
      this.#end?.(); // the microphone went away
      letGo(stream);
      meter.stop();
      if (round !== this.#round) return;
      const sound = new Blob(chunks, { type: (recorder.mimeType || type || 'audio/webm').split(';')[0] ?? '' });
      if (durationMs < MIN_MS || sound.size === 0) return this.#state.set({ ...IDLE, problem: 'short' });
      const recording = { sound, name: `voice.${ending}`, durationMs, waveform: waveformOf(levels) };
      this.#state.set({ status: 'done', ms: durationMs, level: 0, recording, problem: undefined });
    };
    recorder.start(1000);
    this.#state.set({ ...IDLE, status: 'recording' });
  }
}

/** The microphone's light goes out. */
function letGo(stream: MediaStream | undefined): void {
  stream?.getTracks().forEach((track) => track.stop());
}

/** Loudness in bars, the loudest of them full: one hex digit each. */
export function waveformOf(levels: readonly number[], bars = VOICE_BARS): string {
  const n = Math.max(1, Math.min(bars, levels.length));
  const loudest = Math.max(0.02, ...levels);
  return Array.from({ length: n }, (_, i) => {
    const part = levels.slice(Math.floor((i * levels.length) / n), Math.max(Math.floor(((i + 1) * levels.length) / n), Math.floor((i * levels.length) / n) + 1));
    return Math.round((15 * Math.max(0, ...part)) / loudest).toString(16);
  }).join('');
}

function levelMeter(stream: MediaStream): { level: () => number; stop: () => void } {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  const samples = new Float32Array((analyser.fftSize = 1024));
  context.createMediaStreamSource(stream).connect(analyser);
  return {
    level() {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      return Math.min(1, Math.sqrt(power) * 4);
    },
    stop: () => void context.close().catch(() => {}),
  };
}

function problemOf(error: unknown): VoiceProblem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return name === 'SecurityError' ? 'insecure' : 'failed';
}
