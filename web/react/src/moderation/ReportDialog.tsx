// SPDX-License-Identifier: Apache-2.0
import type { ChatMessage } from '@confab/client';
import { useState, type FormEvent } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useAttempt } from '../support/SupportDesk.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { useToast } from '../ui/Toasts.tsx';

interface ReportDialogProps {
  conversationId: string;
  message: ChatMessage;
  /** Of a direct or group conversation, in which the team is not. */
  closed: boolean;
  onClose: () => void;
}

/** Asks the team to look at a message; says that it will see it. */
export function ReportDialog({ conversationId, message, closed, onClose }: ReportDialogProps) {
  const messages = useMessages();
  const t = messages.moderation;
  const client = useVideoClient();
  const attempt = useAttempt();
  const toast = useToast();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (message.id === undefined) return;
    setBusy(true);
    const report = client.moderation.report(conversationId, message.id, reason.trim());
    const told = report.then((created) => toast(created ? t.isReported : t.wasReported));
    void attempt(told).then((done) => (done ? onClose() : setBusy(false)));
  };
  return (
    <Dialog title={t.reportTitle(message.user.name)} onClose={onClose}>
      <form className="cf-form" onSubmit={submit}>
        {message.text !== '' && (
          <blockquote className="cf-reported__text" dir="auto">
            {message.text}
          </blockquote>
        )}
        <p>{closed ? t.reportHintClosed : t.reportHint}</p>
        <label className="cf-field">
          {t.reportReason}
          <textarea rows={3} maxLength={160} dir="auto" value={reason} onChange={(event) => setReason(event.target.value)} />
        </label>
        <div className="cf-form__buttons">
          <button type="button" className="cf-button cf-button--quiet" onClick={onClose}>
            {messages.cancel}
          </button>
          <button type="submit" className="cf-button" disabled={busy}>
            {t.reportNow}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
