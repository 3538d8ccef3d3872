// SPDX-License-Identifier: Apache-2.0
import type { ConversationObject, SupportPriority, SupportStatus } from '@confab/client';
import { useEffect, useState } from 'react';
import { useMessages } from '../context.tsx';
import { dueTime } from '../format.ts';
import { useMarkUnread } from '../chat/unread.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { ConversationMenu } from '../moderation/ConversationMenu.tsx';
import { useDesk } from './DeskContext.tsx';
import { Labels } from './Labels.tsx';
import { SnoozeDialog } from './SnoozeDialog.tsx';
import { TransferDialog } from './TransferDialog.tsx';
import { useDeskKeys } from './useDeskKeys.ts';

const STATUSES: readonly SupportStatus[] = ['open', 'pending', 'snoozed', 'resolved'];
const SETTLING_MS = 700;
const PRIORITIES: readonly SupportPriority[] = ['urgent', 'high', 'normal', 'low'];

interface SupportBarProps {
  conversation: ConversationObject;
  /** Whether the customer's panel is there. */
  panel: boolean;
  onPanel: (open: boolean) => void;
}

/** What becomes of the conversation: its status, how much it matters, who looks after it, its labels. */
export function SupportBar({ conversation, panel, onPanel }: SupportBarProps) {
  const messages = useMessages();
  const t = messages.support;
  const { chat, state, desk, refreshTeam, attempt } = useDesk();
  const [transfer, setTransfer] = useState(false);
  const [snoozing, setSnoozing] = useState(false);
  const { status, assignee, priority = 'normal', snoozed_until: until } = conversation.support;
  const change = (what: Parameters<typeof chat.changeSupport>[1]) => void attempt(chat.changeSupport(conversation.id, what));
  const known = assignee && !desk.team.some((user) => user.id === assignee.id) ? [...desk.team, assignee] : desk.team;
  const resolved = status === 'resolved';
  const settled = useSettled(status);
  const turn = () => settled && change({ status: resolved ? 'open' : 'resolved' });
  const take = () => change({ assignee: state.me.id });
  const markUnread = useMarkUnread(chat, conversation.id);
  useDeskKeys({ a: take, e: turn, u: markUnread, z: () => setSnoozing(true) });
  return (
    <div className="cf-supportbar" role="group" aria-label={t.bar}>
      <select
        className={`cf-select cf-status--${status}`}
        aria-label={t.status}
        title={t.status}
        value={status}
        onChange={({ target: { value } }) => (value === 'snoozed' ? setSnoozing(true) : change({ status: value as SupportStatus }))}
      >
        {STATUSES.map((value) => (
          <option key={value} value={value}>
            {value === 'snoozed' && until ? t.snoozedUntil(dueTime(Date.parse(until), Date.now(), messages)) : t.statuses[value]}
          </option>
        ))}
      </select>
      <span className="cf-choice">
        <Icon name="flag" size={16} />
        <select
          className={`cf-select cf-priority--${priority}`}
          aria-label={t.priority}
          title={t.priority}
          value={priority}
          onChange={(event) => change({ priority: event.target.value as SupportPriority })}
        >
          {PRIORITIES.map((value) => (
            <option key={value} value={value}>
              {t.priorities[value]}
            </option>
          ))}
        </select>
      </span>
      <span className="cf-choice" data-wide="">
        {assignee ? <Avatar user={assignee} size="tiny" /> : <Icon name="person" size={16} />}
        <select
          className="cf-select"
          aria-label={t.assignee}
          title={t.assignee}
          value={assignee?.id ?? ''}
          onFocus={refreshTeam}
          onChange={(event) => change({ assignee: event.target.value || null })}
        >
          <option value="">{t.nobody}</option>
          {known.map((user) => (
            <option key={user.id} value={user.id}>
              {user.id === state.me.id ? t.me(user.name) : user.name}
            </option>
          ))}
        </select>
      </span>
      {assignee?.id === state.me.id ? (
        <button type="button" className="cf-button cf-button--small cf-button--quiet" onClick={() => setTransfer(true)}>
          {t.transfer}
        </button>
      ) : (
        <button type="button" className="cf-button cf-button--small cf-button--quiet" onClick={take}>
          {t.take}
        </button>
      )}
      <Labels conversation={conversation} />
      <span className="cf-supportbar__end">
        <button
          type="button"
          className="cf-notetoggle"
          aria-pressed={panel}
          aria-label={t.showCustomer}
          title={t.showCustomer}
          onClick={() => onPanel(!panel)}
        >
          <Icon name="person" size={20} />
        </button>
        <button type="button" className="cf-notetoggle cf-supportbar__snooze" aria-label={t.snoozeMore} title={t.snoozeMore} onClick={() => setSnoozing(true)}>
          <Icon name="clock" size={20} />
        </button>
        <button type="button" className="cf-button cf-button--small" aria-disabled={!settled || undefined} onClick={turn}>
          <Icon name={resolved ? 'reply' : 'check'} size={18} />
          {resolved ? t.reopen : t.resolve}
        </button>
        <ConversationMenu key={`menu ${conversation.id}`} conversation={conversation} onUnread={markUnread} />
      </span>
      {snoozing && (
        <SnoozeDialog
          onSnooze={(until) => attempt(chat.changeSupport(conversation.id, { status: 'snoozed', until }))}
          onClose={() => setSnoozing(false)}
        />
      )}
      {transfer && <TransferDialog conversation={conversation} onClose={() => setTransfer(false)} />}
    </div>
  );
}

/** Not for a moment after it changed: who presses twice, or when a colleague did just now, does not mean the opposite. */
function useSettled(status: SupportStatus): boolean {
  const [known, setKnown] = useState(status);
  useEffect(() => {
    const timer = setTimeout(() => setKnown(status), SETTLING_MS);
    return () => clearTimeout(timer);
  }, [status]);
  return known === status;
}
