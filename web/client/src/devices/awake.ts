// SPDX-License-Identifier: Apache-2.0
/** The screen stays on (W3C Screen Wake Lock): nobody touches a phone while they talk. */

/**
 * Keeps the screen from going dark until the returned function is called. Browsers take the lock back when the page is
 * hidden: it is asked for again when the page is seen. Where there is no such thing, or a battery is to be saved, nothing
 * happens. Never throws.
 */
export function keepAwake(): () => void {
  const locks = typeof navigator === 'undefined' ? undefined : (navigator.wakeLock as WakeLock | undefined);
  if (!locks || typeof document === 'undefined') return () => {};
  let lock: WakeLockSentinel | undefined;
  let asking = false;
  let stopped = false;
  const release = () => void lock?.release().catch(() => {}); // gone by itself
  const take = async () => {
    if (asking || (lock && !lock.released) || document.visibilityState !== 'visible') return;
    asking = true;
    lock = await locks.request('screen').catch(() => undefined); // refused: the screen does what it always does
    asking = false;
    if (stopped) release();
  };
  const look = () => void take();
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    stopped = true;
    document.removeEventListener('visibilitychange', look);
    release();
  };
}
