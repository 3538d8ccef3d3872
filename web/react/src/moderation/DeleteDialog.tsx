// SPDX-License-Identifier: Apache-2.0
import type { DeleteMode, UserObject } from '@confab/client';
import { useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useAttempt } from '../support/SupportDesk.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';

const MODES: readonly DeleteMode[] = ['soft', 'pruning', 'hard'];

/** Deletes a customer; how much of them is forgotten is chosen here, and said before it is done. */
export function DeleteDialog({ user, onClose }: { user: UserObject; onClose: () => void }) {
  const t = useMessages().moderation;
  const client = useVideoClient();
  const attempt = useAttempt();
  const [mode, setMode] = useState<DeleteMode>('soft');
  const [busy, setBusy] = useState(false);
  const submit = () => {
    setBusy(true);
    void attempt(client.moderation.deleteUser(user.id, mode), t.isDeleted(user.name)).then((done) => (done ? onClose() : setBusy(false)));
  };
  return (
    <FormDialog title={t.deleteTitle(user.name)} deed={t.deleteNow} danger disabled={busy} onSubmit={submit} onClose={onClose}>
      <p>{t.deleteHint}</p>
      <fieldset className="cf-ways">
        <legend>{t.deleteWhat}</legend>
        {MODES.map((one) => (
          <label key={one} className="cf-ways__one">
            <input type="radio" name="mode" value={one} checked={mode === one} onChange={() => setMode(one)} />
            <span>
              {t.deleteModes[one]}
              <small>{t.deleteModeHints[one]}</small>
            </span>
          </label>
        ))}
      </fieldset>
    </FormDialog>
  );
}
