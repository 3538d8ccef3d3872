// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'react';

interface VideoViewProps {
  track: MediaStreamTrack | undefined;
  mirrored?: boolean;
  /** contain shows all of it, for screens; cover fills the tile, for people. */
  fit?: 'cover' | 'contain';
}

/** A picture without sound; sound is played by RemoteAudio. */
export function VideoView({ track, mirrored = false, fit = 'cover' }: VideoViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = track ? new MediaStream([track]) : null;
    if (track) element.play().catch(() => {}); // autoplay does it as well; here only for browsers that paused it
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  const look = `cf-video cf-video--${fit} ${mirrored ? 'cf-video--mirrored' : ''} ${track ? '' : 'cf-video--off'}`;
  return <video ref={video} className={look} autoPlay playsInline muted disablePictureInPicture={!track} />;
}
