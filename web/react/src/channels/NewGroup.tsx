// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useMessages } from '../context.tsx';
import { useDesk } from '../support/DeskContext.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { PeoplePicker } from './PeoplePicker.tsx';

/** The server's limit is in bytes; no script needs more than four for a letter. */
export const GROUP_NAME_MAX = 32;

/** A name, and who is in it from the start. */
export function NewGroup({ onBegun, onClose }: { onBegun: (id: string) => void; onClose: () => void }) {
  const t = useMessages().channels;
  const { chat, state, desk, attempt } = useDesk();
  const [name, setName] = useState('');
  const [members, setMembers] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const submit = () => {
    setBusy(true);
    void attempt(chat.createGroup(name.trim(), members).then(onBegun)).then(() => setBusy(false));
  };
  return (
    <FormDialog title={t.newGroup} deed={t.create} disabled={busy || name.trim() === ''} onSubmit={submit} onClose={onClose}>
      <label className="cf-field">
        {t.groupName}
        <input value={name} maxLength={GROUP_NAME_MAX} autoComplete="off" onChange={(event) => setName(event.target.value)} />
      </label>
      <PeoplePicker
        label={t.members}
        people={desk.team.filter(({ id }) => id !== state.me.id)}
        online={state.online}
        chosen={members}
        onChange={setMembers}
      />
    </FormDialog>
  );
}
