// SPDX-License-Identifier: Apache-2.0
import type { Call, Participant } from '@confab/client';
import { useRef } from 'react';
import { useCall, useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { FlipButton } from './FlipButton.tsx';
import { Quality } from './Quality.tsx';
import { ReactionBadge } from './Reactions.tsx';
import { nextCorner, useCorner, type Corner } from './useCorner.ts';
import { VideoView } from './VideoView.tsx';

interface SelfViewProps {
  participant: Participant;
  /** Floating over the others, in this corner; undefined: a tile among them. */
  corner?: Corner | undefined;
  onCorner?: (corner: Corner) => void;
}

/** Oneself, as in a mirror; what the camera on the back sees is not mirrored. */
export function SelfView({ participant, corner, onCorner = () => {} }: SelfViewProps) {
  const t = useMessages();
  const call = useCall();
  const box = useRef<HTMLDivElement>(null);
  const { onPointerDown, onKeyDown } = useCorner(box, corner, onCorner);
  const { name, userId, videoTrack, isMuted, isSpeaking, connectionQuality } = participant;
  const look = corner ? 'cf-self' : `cf-tile ${isSpeaking && !isMuted ? 'cf-tile--speaking' : ''}`;
  return (
    <div
      ref={box}
      className={look}
      role="group"
      aria-label={t.you}
      data-block={corner?.block}
      data-inline={corner?.inline}
      onPointerDown={onPointerDown}
    >
      <span className="cf-tile__avatar">
        <Avatar user={{ id: userId, name }} size={corner ? 'large' : 'huge'} />
      </span>
      {call ? <OwnVideo call={call} track={videoTrack} /> : <VideoView track={videoTrack} mirrored />}
      <ReactionBadge call={call} participant={participant} />
      <span className="cf-tile__plate" aria-hidden="true">
        {isMuted && (
          <span className="cf-tile__muted">
            <Icon name="micOff" size={16} />
          </span>
        )}
        <Quality quality={connectionQuality} />
        <span className="cf-tile__name">{t.you}</span>
      </span>
      <span className="cf-self__buttons">
        {call && <FlipButton call={call} />}
        {corner && (
          <IconButton
            icon="move"
            label={t.call.moveSelf}
            look="call"
            aria-description={t.moveWindowHint}
            onClick={() => onCorner(nextCorner(corner))}
            onKeyDown={onKeyDown}
          />
        )}
      </span>
    </div>
  );
}

function OwnVideo({ call, track }: { call: Call; track: MediaStreamTrack | undefined }) {
  const direction = useObservable(call.camera.state.direction$);
  return <VideoView track={track} mirrored={direction !== 'back'} />;
}
