// SPDX-License-Identifier: Apache-2.0
/** Two soft notes for a message, made here. Silent where the browser does not allow sound yet. */

const NOTES = [
  { at: 0, hertz: 783.99 },
  { at: 0.11, hertz: 1046.5 },
];
const NOTE_S = 0.3;
const VOLUME = 0.08;
/** While one tab plays it, the others of the same browser do not. */
const HOLD_MS = 1500;

export function playPing(): void {
  if (typeof AudioContext === 'undefined') return;
  if (typeof navigator.locks === 'undefined') return play(); // a page without HTTPS
  const hold = (lock: Lock | null) => {
    if (!lock) return;
    play();
    return new Promise<void>((resolve) => setTimeout(resolve, HOLD_MS));
  };
  navigator.locks.request('confab.ping', { ifAvailable: true }, hold).catch(() => {});
}

function play(): void {
  const context = new AudioContext();
  const end = () => void context.close().catch(() => {});
  const timer = setTimeout(end, HOLD_MS); // it was not allowed to start, and is not to when the moment is over
  void context.resume().then(() => {
    for (const { at, hertz } of NOTES) {
      const start = context.currentTime + 0.02 + at;
      const note = context.createOscillator();
      const gain = context.createGain();
      note.frequency.value = hertz;
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(VOLUME, start + 0.01);
      gain.gain.exponentialRampToValueAtTime(0.001, start + NOTE_S);
      note.connect(gain).connect(context.destination);
      note.start(start);
      note.stop(start + NOTE_S);
    }
    clearTimeout(timer);
    setTimeout(end, HOLD_MS);
  }, () => {});
}
