// SPDX-License-Identifier: Apache-2.0
import type { Participant } from '@confab/client';
import { useCall, useMessages } from '../context.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Quality } from './Quality.tsx';
import { ReactionBadge } from './Reactions.tsx';
import { VideoView } from './VideoView.tsx';

/** Oneself, as in a mirror. Floating over the others, or a tile among them. */
export function SelfView({ participant, floating }: { participant: Participant; floating: boolean }) {
  const t = useMessages();
  const call = useCall();
  const { name, userId, videoTrack, isMuted, isSpeaking, connectionQuality } = participant;
  const look = floating ? 'cf-self' : `cf-tile ${isSpeaking && !isMuted ? 'cf-tile--speaking' : ''}`;
  return (
    <div className={look} role="group" aria-label={t.you}>
      <span className="cf-tile__avatar">
        <Avatar user={{ id: userId, name }} size={floating ? 'large' : 'huge'} />
      </span>
      <VideoView track={videoTrack} mirrored />
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
    </div>
  );
}
