// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';

/**
 * The whole page as large as the screen, rather than the call alone: what stands above a call, such as a ring, stays
 * there. `toggle` is undefined where the browser has no such thing (phones), or where the window is all there is.
 */
export function useFullScreen(): { on: boolean; toggle: (() => void) | undefined } {
  const [on, setOn] = useState(false);
  useEffect(() => {
    const follow = () => setOn(document.fullscreenElement !== null);
    follow();
    document.addEventListener('fullscreenchange', follow);
    return () => {
      document.removeEventListener('fullscreenchange', follow);
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => {}); // the call is over
    };
  }, []);
  const offered = typeof document !== 'undefined' && document.fullscreenEnabled && matchMedia('(hover: hover)').matches;
  if (!offered) return { on, toggle: undefined };
  const turn = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
  return { on, toggle: () => void turn().catch(() => {}) };
}
