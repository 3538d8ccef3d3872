// SPDX-License-Identifier: Apache-2.0
import type { OperatorCallObject, OperatorParticipantObject } from '@confab/client';
import { Avatar, formatDuration, Icon, useNow } from '@confab/react';
import { texts } from '../texts.ts';

/** One call that goes on: who is in it, with what, and how well. */
export function LiveCall({ call }: { call: OperatorCallObject }) {
  const now = useNow(1000);
  return (
    <article className="op-call" aria-label={call.cid}>
      <header className="op-call__head">
        <h3>{call.conversation_id ?? call.cid}</h3>
        <span className="op-call__time">{formatDuration(now - Date.parse(call.started_at))}</span>
      </header>
      <div className="op-scroll">
        <table>
          <thead>
            <tr>
              {[texts.opPerson, texts.opQuality, texts.opSends].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {call.participants.map((participant) => (
              <Row key={participant.identity} participant={participant} />
            ))}
          </tbody>
        </table>
      </div>
    </article>
  );
}

function Row({ participant }: { participant: OperatorParticipantObject }) {
  const { user, quality, score, connected, tracks } = participant;
  return (
    <tr>
      <th scope="row" className="op-person">
        <Avatar user={user} size="small" /> {user.name}
      </th>
      <td>
        <span className={`op-quality op-quality--${connected ? (quality ?? 'unknown') : 'lost'}`}>
          {connected ? texts.opQualities[quality ?? 'unknown'] : texts.opAway}
        </span>
        {connected && score !== null && <span className="op-soft"> {score}</span>}
      </td>
      <td>
        {tracks.length === 0 && <span className="op-soft">{texts.opNothing}</span>}
        {tracks.map((track) => (
          <span key={track.sid} className="op-track">
            <Icon name={iconOf(track.source, track.muted)} size={18} />
            <span className="op-hidden">{texts.opTrack(track.source, track.muted)}</span>
          </span>
        ))}
      </td>
    </tr>
  );
}

const iconOf = (source: string, muted: boolean) =>
  /screen/i.test(source) ? 'screen' : /camera|video/i.test(source) ? (muted ? 'cameraOff' : 'camera') : muted ? 'micOff' : 'mic';
