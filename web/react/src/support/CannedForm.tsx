// SPDX-License-Identifier: Apache-2.0
import type { CannedReplyObject } from '@confab/client';
import { useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useAttempt } from './SupportDesk.tsx';

/** Answers that are written often: the list, and a window to write one. */
export function CannedForm({ canned }: { canned: readonly CannedReplyObject[] }) {
  const messages = useMessages();
  const t = messages.support;
  const client = useVideoClient();
  const attempt = useAttempt();
  const [edited, setEdited] = useState<Partial<CannedReplyObject>>();
  return (
    <section className="cf-desk__section" aria-labelledby="cf-canned">
      <header className="cf-desk__head">
        <h2 id="cf-canned">{t.canned}</h2>
        <button type="button" className="cf-button cf-button--small" onClick={() => setEdited({})}>
          {t.newCanned}
        </button>
      </header>
      <p className="cf-desk__hint">{t.cannedHint}</p>
      <ul className="cf-desk__list" role="list" aria-label={t.canned}>
        {canned.map((reply) => (
          <li key={reply.id} className="cf-desk__row">
            <code dir="ltr">/{reply.shortcut}</code>
            <span className="cf-desk__text" dir="auto">
              {reply.text}
            </span>
            <IconButton icon="edit" label={t.editItem(reply.shortcut)} onClick={() => setEdited(reply)} />
            <IconButton icon="trash" label={t.deleteItem(reply.shortcut)} onClick={() => void attempt(client.support.deleteCannedReply(reply.id))} />
          </li>
        ))}
      </ul>
      {edited && <CannedDialog reply={edited} onClose={() => setEdited(undefined)} />}
    </section>
  );
}

function CannedDialog({ reply, onClose }: { reply: Partial<CannedReplyObject>; onClose: () => void }) {
  const messages = useMessages();
  const t = messages.support;
  const client = useVideoClient();
  const attempt = useAttempt();
  const [shortcut, setShortcut] = useState(reply.shortcut ?? '');
  const [text, setText] = useState(reply.text ?? '');
  const submit = () => {
    void attempt(client.support.saveCannedReply({ id: reply.id, shortcut, text })).then((done) => done && onClose());
  };
  return (
    <FormDialog title={reply.id === undefined ? t.newCanned : t.editItem(reply.shortcut ?? '')} deed={messages.save} onSubmit={submit} onClose={onClose}>
      <label className="cf-field">
        {t.shortcut}
        <input
          required
          maxLength={32}
          pattern="[a-z0-9_\-]+"
          autoCapitalize="none"
          value={shortcut}
          onChange={(event) => setShortcut(event.target.value.toLowerCase())}
        />
      </label>
      <label className="cf-field">
        {t.text}
        <textarea required rows={5} maxLength={1300} value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <p className="cf-desk__hint">{t.placeholders}</p>
    </FormDialog>
  );
}
