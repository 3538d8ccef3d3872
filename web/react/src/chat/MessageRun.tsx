// SPDX-License-Identifier: Apache-2.0
import type { Receipt, UserObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { timeOfDay } from '../format.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Bubble, type MessageActions } from './Bubble.tsx';
import type { Run } from './groups.ts';

interface MessageRunProps {
  run: Run;
  mine: boolean;
  meId: string;
  /** How far the last message of this run has come; only on one's own last one. */
  receipt: Receipt | undefined;
  /** In a group: who has read that one. */
  seen?: { by: readonly UserObject[]; everybody: boolean } | undefined;
  marked: number | undefined;
  actions: MessageActions;
}

/** Messages of one person in a row: one picture, one name, one time. */
export function MessageRun({ run, mine, meId, receipt, seen, marked, actions }: MessageRunProps) {
  const t = useMessages();
  const last = run.messages.at(-1);
  const edited = run.messages.some((message) => message.edited && !message.deleted);
  return (
    <div className={`cf-run ${mine ? 'cf-run--mine' : ''}`}>
      {!mine && <Avatar user={run.user} size="small" />}
      <div className="cf-run__body">
        {!mine && (
          <p className="cf-run__name" dir="auto">
            {run.user.name}
          </p>
        )}
        {run.messages.map((message) => (
          <Bubble
            key={message.key}
            message={message}
            mine={mine}
            meId={meId}
            marked={message.id !== undefined && message.id === marked}
            actions={actions}
          />
        ))}
        {last?.delivery === 'sent' && (
          <p className="cf-run__time">
            {timeOfDay(last.at, t)}
            {edited && ` · ${t.edited}`}
            {receipt && <Ticks receipt={receipt} />}
          </p>
        )}
        {seen && <p className="cf-run__time cf-seen">{seen.everybody ? t.channels.seenByAll : t.channels.seenBy(seen.by.map(({ name }) => name))}</p>}
      </div>
    </div>
  );
}

/** One tick: stored. Two: arrived. Two in colour: read. */
function Ticks({ receipt }: { receipt: Receipt }) {
  const t = useMessages();
  return (
    <span className={`cf-ticks cf-ticks--${receipt}`} role="img" aria-label={t.receipt[receipt]} title={t.receipt[receipt]}>
      <Icon name={receipt === 'sent' ? 'check' : 'checks'} size={16} />
    </span>
  );
}
