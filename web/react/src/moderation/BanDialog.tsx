// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useAttempt } from '../support/SupportDesk.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';

const HOUR = 3600;
const DURATIONS = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, month: 30 * 24 * HOUR, forGood: undefined } as const;
type Duration = keyof typeof DURATIONS;

interface BanDialogProps {
  /** Who; undefined: to be typed. */
  user?: { id: string; name: string } | undefined;
  onDone?: () => void;
  onClose: () => void;
}

/** For how long and why; it says what will happen before it does. */
export function BanDialog({ user, onDone, onClose }: BanDialogProps) {
  const t = useMessages().moderation;
  const client = useVideoClient();
  const attempt = useAttempt();
  const [id, setId] = useState(user?.id ?? '');
  const [duration, setDuration] = useState<Duration>('day');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = () => {
    setBusy(true);
    const ban = client.moderation.ban(id.trim(), { reason: reason.trim(), seconds: DURATIONS[duration] });
    void attempt(ban, t.isBanned(user?.name ?? id.trim())).then((done) => {
      setBusy(false);
      if (!done) return;
      onDone?.();
      onClose();
    });
  };
  return (
    <FormDialog title={user ? t.banTitle(user.name) : t.banSomebody} deed={t.banNow} danger disabled={busy} onSubmit={submit} onClose={onClose}>
      <p>{t.banHint}</p>
      {!user && (
        <label className="cf-field">
          {t.userId}
          <input required maxLength={64} autoCapitalize="none" autoComplete="off" spellCheck={false} value={id} onChange={(event) => setId(event.target.value)} />
        </label>
      )}
      <label className="cf-field">
        {t.howLong}
        <select className="cf-select" value={duration} onChange={(event) => setDuration(event.target.value as Duration)}>
          {(Object.keys(DURATIONS) as Duration[]).map((name) => (
            <option key={name} value={name}>
              {t.durations[name]}
            </option>
          ))}
        </select>
      </label>
      <label className="cf-field">
        {t.reason}
        <input maxLength={120} dir={reason === '' ? undefined : 'auto'} value={reason} placeholder={t.reasonHint} onChange={(event) => setReason(event.target.value)} />
      </label>
    </FormDialog>
  );
}
