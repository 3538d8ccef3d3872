// SPDX-License-Identifier: Apache-2.0
import type { Participant } from '@confab/client';
import { useCall, useMessages } from '../context.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { ParticipantMenu } from './ParticipantMenu.tsx';
import { Quality } from './Quality.tsx';
import { ReactionBadge } from './Reactions.tsx';
import { VideoView } from './VideoView.tsx';

/** One remote person: a region with their name, their picture, and whether they can be heard. */
export function ParticipantTile({ participant }: { participant: Participant }) {
  const t = useMessages();
  const call = useCall();
  const { name, userId, videoTrack, screenShareTrack, isMuted, isSpeaking, connectionQuality } = participant;
  return (
    <section className={`cf-tile ${isSpeaking && !isMuted ? 'cf-tile--speaking' : ''}`} role="region" aria-label={name}>
      {/* below the picture: seen while the camera is off, and until the first frame is there */}
      <span className="cf-tile__avatar">
        <Avatar user={{ id: userId, name }} size="huge" />
      </span>
      <VideoView track={videoTrack} />
      <ReactionBadge call={call} participant={participant} />
      {call && <ParticipantMenu call={call} participant={participant} />}
      <span className="cf-tile__plate">
        {isMuted && (
          <span className="cf-tile__muted" role="img" aria-label={t.muted}>
            <Icon name="micOff" size={16} />
          </span>
        )}
        {screenShareTrack && (
          <span className="cf-tile__presents" role="img" aria-label={t.isPresenting([name])}>
            <Icon name="screen" size={16} />
          </span>
        )}
        <Quality quality={connectionQuality} />
        <span className="cf-tile__name">
          <bdi>{name}</bdi>
        </span>
      </span>
    </section>
  );
}
