// SPDX-License-Identifier: Apache-2.0
import type { ActivityObject, SupportPriority, UserObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { dueTime, timeOfDay } from '../format.ts';
import type { Messages } from '../messages/en.ts';
import { isolate } from '../messages/grammar.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';

const ICONS: Record<ActivityObject['type'], IconName> = {
  status: 'check', reopened: 'reply', woken: 'clock', priority: 'alert', assigned: 'person', unassigned: 'person', labelled: 'tag', unlabelled: 'tag', rated: 'star', away: 'clock', merged: 'people',
};

interface ActivityLineProps {
  activity: ActivityObject;
  /** Who did it. */
  user: UserObject;
  /** For the team only. */
  internal: boolean;
  at: number;
}

/** What was done with the conversation, among its messages. */
export function ActivityLine({ activity, user, internal, at }: ActivityLineProps) {
  const t = useMessages();
  return (
    <p className={`cf-activity ${internal ? 'cf-activity--internal' : ''}`}>
      <Icon name={ICONS[activity.type]} size={14} />
      <span dir={activity.type === 'away' ? 'auto' : undefined}>{words(activity, user, at, t)}</span>
      <span className="cf-activity__time">{timeOfDay(at, t)}</span>
    </p>
  );
}

function words({ type, value = '', text = '' }: ActivityObject, user: UserObject, at: number, messages: Messages): string {
  const t = messages.support;
  const who = user.name;
  switch (type) {
    case 'status':
      if (value === 'snoozed') return t.lines.snoozed(who, dueTime(Date.parse(text), at, messages));
      return t.lines[value === 'resolved' || value === 'pending' ? value : 'open'](who);
    case 'assigned':
      return value === user.id ? t.lines.taken(who) : t.lines.assigned(who, text || value);
    case 'unassigned':
      return t.lines.unassigned(who);
    case 'labelled':
    case 'unlabelled':
      return t.lines[type](who, text);
    case 'rated':
      return text === '' ? t.lines.rated(value) : `${t.lines.rated(value)}: ${isolate(text)}`;
    case 'priority':
      return t.lines.priority(who, t.priorities[value as SupportPriority] ?? value);
    case 'merged':
      return t.lines.merged(who, text || value);
    case 'reopened':
    case 'woken':
      return t.lines[type];
    case 'away':
      return text || t.closedNow;
  }
}
