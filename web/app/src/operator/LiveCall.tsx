// SPDX-License-Identifier: Apache-2.0
import type { OperatorCallObject, OperatorParticipantObject } from '@confab/client';
import { Avatar, formatDuration, Icon, useNow, type IconName } from '@confab/react';
import { useMessages, useTexts } from '../texts/index.ts';

/** One call that goes on: who is in it, with what, and how well. */
export function LiveCall({ call, names }: { call: OperatorCallObject; names: ReadonlyMap<string, string> }) {
  const texts = useTexts();
  const messages = useMessages();
  const now = useNow(1000);
  const title = names.get(call.conversation_id ?? '') ?? call.conversation_id ?? call.cid;
  return (
    <article className="op-call" aria-label={call.cid}>
      <header className="op-call__head">
        <h3 dir="auto">{title}</h3>
        <span className="op-call__time">{formatDuration(now - Date.parse(call.started_at), messages)}</span>
      </header>
      {/* in a narrow window it is wider: the arrow keys move it; the roles: on a phone each row is drawn as a card, and stays a row */}
      <div className="op-scroll" role="group" aria-label={title} tabIndex={0}>
        <table className="op-cards" role="table">
          <thead role="rowgroup">
            <tr role="row">
              {[texts.opPerson, texts.opQuality, texts.opUpload, texts.opDownload, texts.opRoundTrip, texts.opSends].map((title) => (
                <th key={title} scope="col" role="columnheader">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
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
  const texts = useTexts();
  const messages = useMessages();
  const { user, quality, score, connected, stats, tracks } = participant;
  const rate = new Intl.NumberFormat(messages.locale, { maximumFractionDigits: 2 });
  const share = new Intl.NumberFormat(messages.locale, { style: 'percent', maximumFractionDigits: 1 });
  const flow = (bps: number, loss: number) => texts.opFlow(rate.format(bps / 1e6), share.format(loss));
  return (
    <tr role="row">
      <th scope="row" role="rowheader" className="op-person">
        <Avatar user={user} size="small" /> {user.name}
      </th>
      <td role="cell" data-title={texts.opQuality}>
        <span className={`op-quality op-quality--${connected ? (quality ?? 'unknown') : 'lost'}`}>
          {connected ? texts.opQualities[quality ?? 'unknown'] : texts.opAway}
        </span>
        {connected && score !== null && <span className="op-soft"> {score}</span>}
      </td>
      <td role="cell" data-title={texts.opUpload} className="op-figure">{stats ? flow(stats.upload_bps, stats.upload_loss) : '–'}</td>
      <td role="cell" data-title={texts.opDownload} className="op-figure">{stats ? flow(stats.download_bps, stats.download_loss) : '–'}</td>
      <td role="cell" data-title={texts.opRoundTrip} className="op-figure">{stats && stats.rtt_ms !== null ? texts.opMs(stats.rtt_ms) : '–'}</td>
      <td role="cell" data-title={texts.opSends}>
        {tracks.length === 0 && <span className="op-soft">{texts.opNothing}</span>}
        {tracks.map((track) => (
          <span key={track.sid} className="op-track">
            <Icon name={ICONS[sourceOf(track.source)][track.muted ? 1 : 0]} size={18} />
            <span className="op-hidden">{track.muted ? texts.opMuted(texts.opSource[sourceOf(track.source)]) : texts.opSource[sourceOf(track.source)]}</span>
          </span>
        ))}
      </td>
    </tr>
  );
}

type Source = 'camera' | 'microphone' | 'screen' | 'other';

/** LiveKit's names: CAMERA, MICROPHONE, SCREEN_SHARE, SCREEN_SHARE_AUDIO, UNKNOWN. */
const sourceOf = (name: string): Source =>
  /screen/i.test(name) ? 'screen' : /camera|video/i.test(name) ? 'camera' : /mic|audio/i.test(name) ? 'microphone' : 'other';

/** Of what is sent, and of what is muted. */
const ICONS: Record<Source, readonly [IconName, IconName]> = {
  camera: ['camera', 'cameraOff'],
  microphone: ['mic', 'micOff'],
  screen: ['screen', 'screenOff'],
  other: ['file', 'file'],
};
