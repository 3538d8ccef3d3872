// SPDX-License-Identifier: Apache-2.0
import type { Participant } from '@confab/client';
import { useMessages } from '../context.tsx';
import { VideoView } from './VideoView.tsx';

/** The screen somebody shares, whole. */
export function ScreenTile({ participant }: { participant: Participant }) {
  const t = useMessages();
  const label = t.screenOf(participant.name);
  return (
    <section className="cf-tile cf-tile--screen" role="region" aria-label={label}>
      <VideoView track={participant.screenShareTrack} fit="contain" />
      <span className="cf-tile__plate">
        <span className="cf-tile__name">{label}</span>
      </span>
    </section>
  );
}
