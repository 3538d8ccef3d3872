// SPDX-License-Identifier: Apache-2.0
import type { Participant, UserObject } from '@confab/client';
import { useCallback, useState } from 'react';
import { useCall, useMessages } from '../context.tsx';
import { useFeatured } from './featured.ts';
import type { Layout } from './layout.ts';
import { ParticipantTile } from './ParticipantTile.tsx';
import { RemoteAudio } from './RemoteAudio.tsx';
import { ScreenTile } from './ScreenTile.tsx';
import { SelfView } from './SelfView.tsx';
import type { Corner } from './useCorner.ts';
import { Waiting, type WaitingState } from './Waiting.tsx';

interface CallStageProps {
  participants: readonly Participant[];
  /** Whom the call is with, shown while nobody else is in it. */
  peer: Pick<UserObject, 'id' | 'name' | 'image'>;
  waiting: WaitingState;
  layout: Layout;
  /** In a small window: one picture has room, that of the screen or of who speaks. */
  mini: boolean;
}

/** Everybody in the call. Two: the other large, oneself small. More: a grid, or who speaks large. A shared screen takes the room. */
export function CallStage({ participants, peer, waiting, layout, mini }: CallStageProps) {
  const t = useMessages();
  const call = useCall();
  const [unblock, setUnblock] = useState<readonly (() => void)[]>([]);
  const onBlocked = useCallback((retry: () => void) => setUnblock((list) => [...list, retry]), []);
  const [corner, setCorner] = useState<Corner>({ block: 'end', inline: 'end' });
  const me = participants.find((participant) => participant.isLocal);
  const others = participants.filter((participant) => !participant.isLocal);
  const screens = others.filter((participant) => participant.screenShareTrack);
  const speaker = useFeatured(others);
  const featured = screens.length === 0 && others.length > 1 && (mini || layout === 'speaker') ? speaker : undefined;
  const inGrid = others.length > 1 || screens.length > 0; // beside a screen nobody floats over anything
  const audio = others.flatMap((p) => [p.audioTrack, p.screenShareAudioTrack]).filter((track) => track !== undefined);
  const small = others.filter((participant) => participant !== featured);
  const tiles = small.length + (inGrid && me ? 1 : 0);

  return (
    <div className={`cf-stage ${screens.length > 0 || featured ? 'cf-stage--screen' : ''}`}>
      {featured && (
        <div className="cf-screens">
          <ParticipantTile participant={featured} />
        </div>
      )}
      {screens.length > 0 && (
        <div className="cf-screens">
          {screens.map((participant) => (
            <ScreenTile key={participant.sessionId} participant={participant} />
          ))}
        </div>
      )}
      {others.length > 0 && (
        <div className="cf-tiles" data-count={Math.min(tiles, 10)}>
          {small.map((participant) => (
            <ParticipantTile key={participant.sessionId} participant={participant} />
          ))}
          {inGrid && me && <SelfView participant={me} />}
        </div>
      )}
      {others.length === 0 && (
        <Waiting peer={peer} {...waiting} mayRing={waiting.note !== undefined && call?.state.ring != null} />
      )}
      {me && !inGrid && <SelfView participant={me} corner={corner} onCorner={setCorner} />}
      {audio.map((track) => (
        <RemoteAudio key={track.id} track={track} onBlocked={onBlocked} />
      ))}
      {unblock.length > 0 && (
        <div className="cf-sound">
          <p>{t.soundBlocked}</p>
          <button
            type="button"
            className="cf-button"
            onClick={() => {
              for (const play of unblock) play();
              setUnblock([]);
            }}
          >
            {t.enableSound}
          </button>
        </div>
      )}
    </div>
  );
}
