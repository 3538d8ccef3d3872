// SPDX-License-Identifier: Apache-2.0
import type { OperatorCall, OperatorParticipant } from '@confab/client';
import { Avatar, formatDuration, Icon, useNow } from '@confab/react';
import { texts } from '../texts.ts';

/** One call that goes on: who is in it, with what, and how well. */
export function LiveCall({ call }: { call: OperatorCall }) {
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
              {[texts.opPerson, texts.opQuality, texts.opSends, texts.opBitrate, texts.opLoss, texts.opRoundTrip].map((title) => (
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

function Row({ participant }: { participant: OperatorParticipant }) {
  const { user, quality, score, connected, tracks, up_bps, down_bps, loss, rtt_ms } = participant;
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
      <td>{up_bps === undefined ? '–' : `↑ ${bitrate(up_bps)} ↓ ${bitrate(down_bps ?? 0)}`}</td>
      <td>{loss === undefined ? '–' : `${(loss * 100).toFixed(1)} %`}</td>
      <td>{rtt_ms === undefined ? '–' : `${Math.round(rtt_ms)} ms`}</td>
    </tr>
  );
}

const iconOf = (source: string, muted: boolean) =>
  /screen/i.test(source) ? 'screen' : /camera|video/i.test(source) ? (muted ? 'cameraOff' : 'camera') : muted ? 'micOff' : 'mic';

const bitrate = (bps: number) => (bps >= 1e6 ? `${(bps / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bps / 1e3)} kbit/s`);
