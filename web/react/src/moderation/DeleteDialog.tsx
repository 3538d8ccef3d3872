// SPDX-License-Identifier: Apache-2.0
import type { DeleteMode, UserObject } from '@confab/client';
import { useState, type FormEvent } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useAttempt } from '../support/SupportDesk.tsx';
import { Dialog } from '../ui/Dialog.tsx';

const MODES: readonly DeleteMode[] = ['soft', 'pruning', 'hard'];

/** Deletes a customer; how much of them is forgotten is chosen here, and said before it is done. */
export function DeleteDialog({ user, onClose }: { user: UserObject; onClose: () => void }) {
  const messages = useMessages();
  const t = messages.moderation;
  const client = useVideoClient();
  const attempt = useAttempt();
  const [mode, setMode] = useState<DeleteMode>('soft');
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    void attempt(client.moderation.deleteUser(user.id, mode), t.isDeleted(user.name)).then((done) => (done ? onClose() : setBusy(false)));
  };
  return (
    <Dialog title={t.deleteTitle(user.name)} onClose={onClose}>
      <form className="cf-form" onSubmit={submit}>
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
        <div className="cf-form__buttons">
          <button type="button" className="cf-button cf-button--quiet" onClick={onClose}>
            {messages.cancel}
          </button>
          <button type="submit" className="cf-button cf-button--decline" disabled={busy}>
            {t.deleteNow}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
