// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState, type RefObject } from 'react';
import { openPicture, pictureKind } from './pictureInPicture.ts';

export interface Picture {
  /** Our own window, when there is one. */
  window: Window | undefined;
  /** The call is in a window above all others. */
  open: boolean;
  /** undefined: the browser has no such windows. */
  toggle: (() => void) | undefined;
}

/** `dialog` holds the call's videos: without windows of our own the largest of them goes into the browser's. */
export function usePicture(dialog: RefObject<HTMLElement | null>): Picture {
  const [own, setOwn] = useState<Window | undefined>();
  const [video, setVideo] = useState<HTMLVideoElement | undefined>();
  const kind = pictureKind();

  useEffect(() => () => own?.close(), [own]);
  useEffect(() => {
    if (!video) return;
    const left = () => setVideo(undefined);
    video.addEventListener('leavepictureinpicture', left);
    return () => video.removeEventListener('leavepictureinpicture', left);
  }, [video]);

  const open = async () => {
    if (kind === 'document') {
      const picture = await openPicture();
      picture.addEventListener('pagehide', () => setOwn(undefined));
      setOwn(picture);
      return;
    }
    const largest = [...(dialog.current?.querySelectorAll<HTMLVideoElement>('video:not(.cf-video--off)') ?? [])]
      .filter((element) => element.videoWidth > 0)
      .sort((a, b) => b.clientWidth * b.clientHeight - a.clientWidth * a.clientHeight)[0];
    await largest?.requestPictureInPicture();
    setVideo(largest);
  };
  const toggle = () => {
    if (own) return own.close();
    if (video) return void document.exitPictureInPicture().catch(() => {});
    open().catch(() => {}); // refused by the browser, which has said so itself
  };
  return { window: own, open: own !== undefined || video !== undefined, toggle: kind && toggle };
}
