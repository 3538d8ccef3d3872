// SPDX-License-Identifier: Apache-2.0
/** Held longer than this it records until it is let go; a tap goes on until the next. */
const HOLD_MS = 600;

/**
 * A finger or the mouse went down on the button that records. `stop` is called only when it was held: by the times of the events, since
 * a page that is busy, as with the start of the microphone, hears late that it was let go.
 */
export function holdToRecord({ timeStamp }: { readonly timeStamp: number }, { start, stop }: { start: () => void; stop: () => void }): void {
  const ended = new AbortController();
  const { signal } = ended;
  start();
  window.addEventListener('pointerup', (up) => (ended.abort(), up.timeStamp - timeStamp >= HOLD_MS && stop()), { signal });
  window.addEventListener('pointercancel', () => ended.abort(), { signal }); // the browser took the finger: on as after a tap
}
