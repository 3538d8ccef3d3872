// SPDX-License-Identifier: Apache-2.0
import type { SupportObject } from '@confab/client';
import type { CSSProperties } from 'react';
import { useMessages } from '../context.tsx';
import { dueTime, shortDuration } from '../format.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { useDeskState } from './DeskContext.tsx';

/** Shorter than this is no waiting. */
const WAITING_MS = 60_000;

/** In the list, beside the name: the labels' colours. */
export function LabelDots({ support }: { support: SupportObject }) {
  const labels = useDeskState().labels.filter(({ id }) => (support.labels ?? []).includes(id));
  if (labels.length === 0) return null;
  return (
    <span className="cf-conv__labels">
      {labels.map((label) => (
        <span key={label.id} className="cf-label__dot" style={{ '--label': label.color } as CSSProperties} role="img" aria-label={label.name} title={label.name} />
      ))}
    </span>
  );
}

/** In the list, beside what was written: how much it matters, how long the customer waits, that it is not open, and whose it is. */
export function SupportMarks({ support, mentions, now }: { support: SupportObject; mentions: number; now: number }) {
  const messages = useMessages();
  const t = messages.support;
  const waited = support.waiting_since ? now - Date.parse(support.waiting_since) : 0;
  return (
    <>
      {mentions > 0 && (
        <span className="cf-mention" role="img" aria-label={t.mentioned(mentions)} title={t.mentioned(mentions)}>
          @
        </span>
      )}
      {(support.priority === 'urgent' || support.priority === 'high') && (
        <span className={`cf-badge cf-priority--${support.priority}`}>{t.priorities[support.priority]}</span>
      )}
      {waited >= WAITING_MS && (
        <span className="cf-waits" title={t.waiting(shortDuration(waited, messages))}>
          <Icon name="clock" size={14} />
          <span aria-hidden="true">{shortDuration(waited, messages)}</span>
          <span className="cf-hidden">{t.waiting(shortDuration(waited, messages))}</span>
        </span>
      )}
      {support.status !== 'open' && <span className={`cf-badge cf-status--${support.status}`}>
        {support.snoozed_until && <span className="cf-hidden">{t.statuses.snoozed}: </span>}
        {support.snoozed_until ? dueTime(Date.parse(support.snoozed_until), now, messages) : t.statuses[support.status]}</span>}
      {support.assignee && (
        <span className="cf-owner" role="img" aria-label={t.assignedTo(support.assignee.name)} title={t.assignedTo(support.assignee.name)}>
          <Avatar user={support.assignee} size="tiny" />
        </span>
      )}
    </>
  );
}
