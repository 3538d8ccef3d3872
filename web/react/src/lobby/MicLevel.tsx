// SPDX-License-Identifier: Apache-2.0
import { watchLevel } from '@confab/client';
import { useEffect, useRef } from 'react';
import { useMessages } from '../context.tsx';

/** Speech is rarely louder than this; the bar is full there. */
const FULL = 0.25;

/** A bar that moves while one speaks: the microphone works. */
export function MicLevel({ track }: { track: MediaStreamTrack | undefined }) {
  const t = useMessages();
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const element = bar.current;
    if (!track || !element) return;
    const stop = watchLevel(track, (level) => {
      // the ear hears ratios: the square root lifts quiet voices
      const share = Math.min(1, Math.sqrt(level / FULL));
      element.style.transform = `scaleX(${share.toFixed(3)})`;
      element.dataset['level'] = share.toFixed(2);
    });
    return () => {
      stop();
      element.style.transform = 'scaleX(0)';
    };
  }, [track]);
  return (
    <span className="cf-level" role="img" aria-label={track ? t.micLevel : t.micSilent}>
      <span className="cf-level__bar" ref={bar} />
    </span>
  );
}
