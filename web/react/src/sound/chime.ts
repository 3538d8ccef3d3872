// SPDX-License-Identifier: Apache-2.0
import type { SpeakerManager } from '@confab/client';

const NOTES_HZ = [523.25, 659.25, 783.99];
const NOTE_S = 0.22;

/** Three notes on the chosen speaker, as loud as the others would be: to hear whether it works. Call it within a click. */
export function playChime(speaker: SpeakerManager): void {
  const context = new AudioContext();
  // an element, because only elements can be sent to a certain output in every browser
  const out = context.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = out.stream;
  const release = speaker.bind(element);
  NOTES_HZ.forEach((hertz, i) => {
    const note = context.createOscillator();
    const gain = context.createGain();
    const at = context.currentTime + 0.1 + i * NOTE_S;
    note.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.25, at + 0.02);
    gain.gain.linearRampToValueAtTime(0, at + NOTE_S * 1.8);
    note.connect(gain).connect(out);
    note.start(at);
    note.stop(at + NOTE_S * 2);
    if (i === NOTES_HZ.length - 1) {
      note.onended = () => {
        release();
        element.srcObject = null;
        void context.close();
      };
    }
  });
  element.play().catch(() => {});
}
