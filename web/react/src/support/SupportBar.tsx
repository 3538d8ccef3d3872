// SPDX-License-Identifier: Apache-2.0
import type { ConversationObject, SupportStatus } from '@confab/client';
import { useState } from 'react';
import { useMessages } from '../context.tsx';
import { Icon } from '../ui/Icon.tsx';
import { ConversationMenu } from '../moderation/ConversationMenu.tsx';
import { useDesk } from './DeskContext.tsx';
import { Labels } from './Labels.tsx';
import { TransferDialog } from './TransferDialog.tsx';

const STATUSES: readonly SupportStatus[] = ['open', 'pending', 'resolved'];

interface SupportBarProps {
  conversation: ConversationObject;
  /** Whether the customer's panel is there. */
  panel: boolean;
  onPanel: (open: boolean) => void;
}

/** What becomes of the conversation: its status, who looks after it, its labels. */
export function SupportBar({ conversation, panel, onPanel }: SupportBarProps) {
  const t = useMessages().support;
  const { chat, state, desk, attempt } = useDesk();
  const [transfer, setTransfer] = useState(false);
  const { status, assignee } = conversation.support;
  const change = (what: Parameters<typeof chat.changeSupport>[1]) => void attempt(chat.changeSupport(conversation.id, what));
  const known = assignee && !desk.team.some((user) => user.id === assignee.id) ? [...desk.team, assignee] : desk.team;
  const resolved = status === 'resolved';
  return (
    <div className="cf-supportbar" role="group" aria-label={t.bar}>
      <select
        className={`cf-select cf-status--${status}`}
        aria-label={t.status}
        value={status}
        onChange={(event) => change({ status: event.target.value as SupportStatus })}
      >
        {STATUSES.map((value) => (
          <option key={value} value={value}>
            {t.statuses[value]}
          </option>
        ))}
      </select>
      <select
        className="cf-select"
        aria-label={t.assignee}
        value={assignee?.id ?? ''}
        onChange={(event) => change({ assignee: event.target.value || null })}
      >
        <option value="">{t.nobody}</option>
        {known.map((user) => (
          <option key={user.id} value={user.id}>
            {user.id === state.me.id ? t.me(user.name) : user.name}
          </option>
        ))}
      </select>
      {assignee?.id === state.me.id ? (
        <button type="button" className="cf-button cf-button--small cf-button--quiet" onClick={() => setTransfer(true)}>
          {t.transfer}
        </button>
      ) : (
        <button type="button" className="cf-button cf-button--small cf-button--quiet" onClick={() => change({ assignee: state.me.id })}>
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
        <button
          type="button"
          className="cf-button cf-button--small"
          onClick={() => change({ status: resolved ? 'open' : 'resolved' })}
        >
          <Icon name={resolved ? 'reply' : 'check'} size={18} />
          {resolved ? t.reopen : t.resolve}
        </button>
        <ConversationMenu key={`menu ${conversation.id}`} conversation={conversation} />
      </span>
      {transfer && <TransferDialog conversation={conversation} onClose={() => setTransfer(false)} />}
    </div>
  );
}
