/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'preact/hooks';

interface PictureProps {
  track: MediaStreamTrack | undefined;
  mirrored?: boolean;
  /** The track's first frame is there. */
  onFrame?: (track: MediaStreamTrack) => void;
}

/** A picture without sound; nothing is seen of it while there is no track. */
export function Picture({ track, mirrored = false, onFrame }: PictureProps) {
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
  return (
    <video
      ref={video}
      class={`${mirrored ? 'is-mirrored' : ''} ${track ? '' : 'is-off'}`}
      autoPlay
      playsInline
      muted
      onLoadedData={() => track && onFrame?.(track)}
    />
  );
}
