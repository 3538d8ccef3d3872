// SPDX-License-Identifier: Apache-2.0
/** Ring tones, made here: no file to fetch. Silent until the browser allows sound; then from the first key or click on. */

export type Tone = 'incoming' | 'outgoing';

interface Beep {
  /** Seconds from the start of the pattern. */
  at: number;
  for: number;
  hertz: readonly number[];
}

/** A phone that rings, and what one hears while it rings at the other end. */
const PATTERNS: Record<Tone, { every: number; volume: number; beeps: readonly Beep[] }> = {
  incoming: {
    every: 3,
    volume: 0.12,
    beeps: [
      { at: 0, for: 0.18, hertz: [659.3] },
      { at: 0.22, for: 0.18, hertz: [830.6] },
      { at: 0.44, for: 0.34, hertz: [987.8] },
      { at: 1, for: 0.18, hertz: [659.3] },
      { at: 1.22, for: 0.18, hertz: [830.6] },
      { at: 1.44, for: 0.34, hertz: [987.8] },
    ],
  },
  outgoing: { every: 4, volume: 0.05, beeps: [{ at: 0, for: 1, hertz: [425] }] },
};

/** Plays until the returned function is called. */
export function playTone(tone: Tone): () => void {
  if (typeof AudioContext === 'undefined') return () => {};
  const context = new AudioContext();
  const { every, volume, beeps } = PATTERNS[tone];
  let next = 0;
  const schedule = () => {
    // a page in the background is called once a second at most: always two seconds ahead
    if (context.state !== 'running') return;
    next = Math.max(next, context.currentTime + 0.05);
    while (next < context.currentTime + 2) {
      for (const beep of beeps) play(context, next, beep, volume);
      next += every;
    }
  };
  const wake = () => void context.resume().then(schedule, () => {});
  const timer = setInterval(schedule, 500);
  for (const event of ['pointerdown', 'keydown']) window.addEventListener(event, wake);
  wake();
  // browsers complain when nobody has touched the page yet, as on one that a notification opened
  const shakes = tone === 'incoming' && navigator.userActivation?.hasBeenActive === true;
  if (shakes) navigator.vibrate?.([400, 200, 400]);
  return () => {
    clearInterval(timer);
    for (const event of ['pointerdown', 'keydown']) window.removeEventListener(event, wake);
    if (shakes) navigator.vibrate?.(0);
    void context.close().catch(() => {});
  };
}

function play(context: AudioContext, start: number, beep: Beep, volume: number): void {
  const gain = context.createGain();
  gain.connect(context.destination);
  gain.gain.setValueAtTime(0, start + beep.at);
  gain.gain.linearRampToValueAtTime(volume, start + beep.at + 0.02);
  gain.gain.setValueAtTime(volume, start + beep.at + beep.for - 0.04);
  gain.gain.linearRampToValueAtTime(0, start + beep.at + beep.for);
  for (const hertz of beep.hertz) {
    const oscillator = context.createOscillator();
    oscillator.frequency.value = hertz;
    oscillator.connect(gain);
    oscillator.start(start + beep.at);
    oscillator.stop(start + beep.at + beep.for);
  }
}
