// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'react';

/** Plays one track; tells when the browser refuses to until the person does something. */
export function RemoteAudio({ track, onBlocked }: { track: MediaStreamTrack; onBlocked: (retry: () => void) => void }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [blocked] = useState(() => onBlocked);
  useEffect(() => {
    const element = audio.current;
    if (!element) return;
    element.srcObject = new MediaStream([track]);
    const play = () =>
      void element.play().catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'NotAllowedError') blocked(play);
      });
    play();
    return () => {
      element.srcObject = null;
    };
  }, [track, blocked]);
  return <audio ref={audio} autoPlay />;
}
