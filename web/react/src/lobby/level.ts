// SPDX-License-Identifier: Apache-2.0
import { watchLevel } from '@confab/client';

/** Speech is rarely louder than this; the bar is full there. */
const FULL = 0.25;

/** Lets a bar grow while one speaks into the track: the microphone works. Returns the way to stop. */
export function showLevel(track: MediaStreamTrack, bar: HTMLElement): () => void {
  const stop = watchLevel(track, (level) => {
    // the ear hears ratios: the square root lifts quiet voices
    const share = Math.min(1, Math.sqrt(level / FULL));
    bar.style.transform = `scaleX(${share.toFixed(3)})`;
    bar.dataset['level'] = share.toFixed(2);
  });
  return () => {
    stop();
    bar.style.transform = 'scaleX(0)';
  };
}
