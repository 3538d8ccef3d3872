/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import type { Participant } from '@confab/client';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../ui/Icon.tsx';
import { Quality } from './Bars.tsx';
import { Face } from './Face.tsx';
import { Picture } from './Picture.tsx';
import { micOff } from './icons.ts';
import { useCallTexts } from './texts.ts';

/** Who came and sends nothing after this time has everything off. */
const COMING_MS = 6000;

/** One of the others. Until the first frame is there, and while the camera is off, a face stands in its place. */
export function Tile({ participant }: { participant: Participant }) {
  const { t } = useCallTexts();
  const { userId, name, videoTrack, audioTrack, isMuted, isSpeaking, connectionQuality } = participant;
  const [shown, setShown] = useState<MediaStreamTrack | undefined>();
  const [coming, setComing] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setComing(false), COMING_MS);
    return () => clearTimeout(timer);
  }, []);
  const connecting = videoTrack ? shown !== videoTrack : coming && !audioTrack;
  return (
    <div class={`tile ${isSpeaking ? 'is-speaking' : ''}`} role="region" aria-label={name}>
      <Face id={userId} name={name} />
      <Picture track={videoTrack} onFrame={setShown} />
      {connecting && <p class="tile-note">{t.connecting}</p>}
      <p class="plate">
        {isMuted && (
          <span role="img" aria-label={t.muted}>
            <Icon name={micOff} size={16} />
          </span>
        )}
        <Quality quality={connectionQuality} />
        <bdi>{name}</bdi>
      </p>
    </div>
  );
}
