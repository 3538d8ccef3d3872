// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'react';
import { useCall } from '../context.tsx';

/** Plays one track on the call's speaker; tells when the browser refuses to until the person does something. */
export function RemoteAudio({ track, onBlocked }: { track: MediaStreamTrack; onBlocked: (retry: () => void) => void }) {
  const speaker = useCall()?.speaker;
  const audio = useRef<HTMLAudioElement>(null);
  const [blocked] = useState(() => onBlocked);
  useEffect(() => {
    const element = audio.current;
    if (!element) return;
    element.srcObject = new MediaStream([track]);
    const release = speaker?.bind(element);
    const play = () =>
      void element.play().catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'NotAllowedError') blocked(play);
      });
    play();
    return () => {
      release?.();
      element.srcObject = null;
    };
  }, [track, blocked, speaker]);
  return <audio ref={audio} autoPlay />;
}
