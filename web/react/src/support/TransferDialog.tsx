// SPDX-License-Identifier: Apache-2.0
import type { ConversationObject } from '@confab/client';
import { useEffect, useState } from 'react';
import { useMessages } from '../context.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useDesk } from './DeskContext.tsx';

/** Hands the conversation to a colleague, with a note that only the team sees. */
export function TransferDialog({ conversation, onClose }: { conversation: ConversationObject; onClose: () => void }) {
  const messages = useMessages();
  const t = messages.support;
  const { chat, state, desk, refreshTeam, attempt } = useDesk();
  const colleagues = desk.team.filter((user) => user.id !== state.me.id);
  const [chosen, setTo] = useState('');
  const first = colleagues.find(({ id }) => state.online.has(id)) ?? colleagues[0]; // the team may come after the dialog
  const to = chosen || (first?.id ?? '');
  useEffect(refreshTeam, [refreshTeam]);
  const [note, setNote] = useState('');
  const submit = () => {
    if (to === '') return;
    if (note.trim() !== '') chat.send(conversation.id, `@${to} ${note.trim()}`, { private: true });
    void attempt(chat.changeSupport(conversation.id, { assignee: to })).then((done) => done && onClose());
  };
  return (
    <FormDialog title={t.transferTitle} deed={t.transferNow} disabled={to === ''} onSubmit={submit} onClose={onClose}>
      {first ? (
        <label className="cf-field">
          {t.transferTo}
          <select className="cf-select" value={to} onChange={(event) => setTo(event.target.value)}>
            {colleagues.map((user) => (
              <option key={user.id} value={user.id}>
                {state.online.has(user.id) ? t.isOnline(user.name) : user.name}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <p className="cf-desk__hint">{messages.channels.nobodyElse}</p>
      )}
      <label className="cf-field">
        {t.transferNote}
        <textarea rows={3} maxLength={2000} value={note} placeholder={messages.privateNoteHint} onChange={(event) => setNote(event.target.value)} />
      </label>
    </FormDialog>
  );
}
