// SPDX-License-Identifier: Apache-2.0
import { ConfabError, type BulkChange, type BulkResultObject, type ConversationObject, type SupportChange, type SupportObject } from '@confab/client';
import { useState } from 'react';
import { useMessages } from '../context.tsx';
import { errorText } from '../errorText.ts';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { useDesk } from './DeskContext.tsx';
import { SnoozeDialog } from './SnoozeDialog.tsx';
import { useDeskKeys } from './useDeskKeys.ts';
import type { Picking } from './usePicking.ts';

interface BulkBarProps {
  /** Those that are chosen. */
  conversations: readonly ConversationObject[];
  /** How many there are in the list. */
  all: number;
  picking: Picking;
}

/** What can be done with several conversations at once. */
export function BulkBar({ conversations, all, picking }: BulkBarProps) {
  const messages = useMessages();
  const t = messages.support;
  const { chat, state, desk } = useDesk();
  const toast = useToast();
  const [snoozing, setSnoozing] = useState(false);
  const [busy, setBusy] = useState(false);
  const nameOf = (id: string) => state.conversations.get(id)?.user.name ?? id;

  const why = (result: BulkResultObject | undefined) => {
    const { code = -1, status_code: statusCode = 500, message = '' } = result?.error ?? {};
    return errorText(new ConfabError(message, { code, statusCode }), messages);
  };

  /** Says what was done and what was not; what was not stays chosen. Resolves with the ids of what was done. */
  const change = async (changes: readonly BulkChange[]): Promise<string[] | undefined> => {
    setBusy(true);
    try {
      const results = await chat.changeMany(changes);
      const failed = results.filter(({ error }) => error);
      if (failed.length > 0) toast(t.bulk.failed(failed.slice(0, 3).map(({ id }) => nameOf(id)), why(failed[0])), 'problem');
      picking.keep(failed.map(({ id }) => id));
      return results.filter(({ error }) => !error).map(({ id }) => id);
    } catch (error) {
      toast(errorText(error, messages), 'problem');
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  const changeAll = async (what: SupportChange): Promise<boolean> => {
    const done = await change(conversations.map(({ id }) => ({ ...what, id })));
    if (done && done.length > 0) toast(t.bulk.changed(done.length));
    return done !== undefined;
  };
  const resolve = async () => {
    const before = new Map(conversations.map(({ id, support }) => [id, support]));
    const done = await change(conversations.map(({ id }) => ({ id, status: 'resolved' })));
    if (!done || done.length === 0) return;
    const undo = () =>
      void chat.changeMany(done.map((id) => ({ id, ...undoOf(before.get(id)) }))).then(
        (results) => {
          const failed = results.find(({ error }) => error);
          if (failed) toast(t.bulk.failed([nameOf(failed.id)], why(failed)), 'problem');
          else toast(t.bulk.undone);
        },
        (error: unknown) => toast(errorText(error, messages), 'problem'),
      );
    toast(t.bulk.resolved(done.length), { label: t.bulk.undo, act: undo });
  };
  const onLabel = (value: string) => {
    const id = Number(value.slice(1));
    void changeAll(value.startsWith('+') ? { addLabels: [id] } : { removeLabels: [id] });
  };
  useDeskKeys({ a: () => void changeAll({ assignee: state.me.id }), e: () => void resolve(), z: () => setSnoozing(true) }, { first: true });
  const worn = desk.labels.filter(({ id }) => conversations.some(({ support }) => support.labels?.includes(id)));

  return (
    <div className="cf-bulk" role="group" aria-label={t.bulk.bar}>
      <span className="cf-bulk__count" role="status">
        {t.bulk.chosen(conversations.length)}
      </span>
      {conversations.length < all && (
        <button type="button" className="cf-link" onClick={picking.pickAll}>
          {t.bulk.all}
        </button>
      )}
      <span className="cf-bulk__end">
        <IconButton icon="close" label={t.bulk.none} onClick={() => picking.keep([])} />
      </span>
      <div className="cf-bulk__deeds">
        <button type="button" className="cf-button cf-button--small" disabled={busy} onClick={() => void resolve()}>
          <Icon name="check" size={18} /> {t.resolve}
        </button>
        <select
          className="cf-select cf-bulk__select"
          aria-label={t.bulk.assign}
          disabled={busy}
          value=""
          onChange={({ target: { value } }) => void changeAll({ assignee: value === '-' ? null : value })}
        >
          <option value="" disabled hidden>
            {t.bulk.assign}
          </option>
          <option value="-">{t.nobody}</option>
          {desk.team.map((user) => (
            <option key={user.id} value={user.id}>
              {user.id === state.me.id ? t.me(user.name) : user.name}
            </option>
          ))}
        </select>
        {desk.labels.length > 0 && (
          <select className="cf-select cf-bulk__select" aria-label={t.bulk.label} disabled={busy} value="" onChange={(event) => onLabel(event.target.value)}>
            <option value="" disabled hidden>
              {t.bulk.label}
            </option>
            <optgroup label={t.bulk.put}>
              {desk.labels.map(({ id, name }) => (
                <option key={id} value={`+${id}`}>
                  {name}
                </option>
              ))}
            </optgroup>
            {worn.length > 0 && (
              <optgroup label={t.bulk.take}>
                {worn.map(({ id, name }) => (
                  <option key={id} value={`-${id}`}>
                    {name}
                  </option>
                ))}
              </optgroup>
            )}
          </select>
        )}
        <button type="button" className="cf-button cf-button--small cf-button--quiet" disabled={busy} onClick={() => setSnoozing(true)}>
          {t.snoozeMore}
        </button>
      </div>
      {snoozing && <SnoozeDialog onSnooze={(until) => changeAll({ status: 'snoozed', until })} onClose={() => setSnoozing(false)} />}
    </div>
  );
}

/** What takes a resolution back: as it was, or open when its snooze is over by now. */
function undoOf(before: SupportObject | undefined): SupportChange {
  const until = before?.snoozed_until ? new Date(before.snoozed_until) : undefined;
  if (before?.status === 'snoozed' && until && until.getTime() > Date.now()) return { status: 'snoozed', until };
  return { status: before?.status === 'pending' || before?.status === 'resolved' ? before.status : 'open' };
}
