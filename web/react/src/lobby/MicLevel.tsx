// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'react';
import { useMessages } from '../context.tsx';
import { showLevel } from './level.ts';

/** A bar that moves while one speaks: the microphone works. */
export function MicLevel({ track }: { track: MediaStreamTrack | undefined }) {
  const t = useMessages();
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => (track && bar.current ? showLevel(track, bar.current) : undefined), [track]);
  return (
    <span className="cf-level" role="img" aria-label={track ? t.micLevel : t.micSilent}>
      <span className="cf-level__bar" ref={bar} />
    </span>
  );
}
