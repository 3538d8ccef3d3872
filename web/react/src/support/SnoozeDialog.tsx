// SPDX-License-Identifier: Apache-2.0
import { snoozeTimes, type SnoozeChoice } from '@confab/client';
import { useState } from 'react';
import { useMessages } from '../context.tsx';
import { dueTime } from '../format.ts';
import { FormDialog } from '../ui/FormDialog.tsx';

const CHOICES: readonly SnoozeChoice[] = ['later', 'tomorrow', 'monday', 'week'];
const MOST_MS = 366 * 86_400_000;

interface SnoozeDialogProps {
  /** Resolves with whether it was done. */
  onSnooze: (until: Date) => Promise<boolean>;
  onClose: () => void;
}

/** Until when conversations are put away; they come back then, or when the customer writes. */
export function SnoozeDialog({ onSnooze, onClose }: SnoozeDialogProps) {
  const messages = useMessages();
  const t = messages.support;
  const [now] = useState(() => new Date());
  const times = snoozeTimes(now);
  const [own, setOwn] = useState(() => localInput(times.tomorrow));
  const until = new Date(own); // without a zone it is local time
  const valid = until > now && until.getTime() - now.getTime() < MOST_MS;
  const snooze = (at: Date) => void onSnooze(at).then((done) => done && onClose());
  const submit = () => {
    if (valid) snooze(until);
  };
  return (
    <FormDialog title={t.snoozeTitle} deed={t.snooze} disabled={!valid} onSubmit={submit} onClose={onClose}>
      <p className="cf-desk__hint">{t.snoozeHint}</p>
      <div className="cf-choices" role="group" aria-label={t.snoozeUntil}>
        {CHOICES.map((choice) => (
          <button key={choice} type="button" className="cf-button cf-button--quiet cf-choices__one" onClick={() => snooze(times[choice])}>
            <span>{t.snoozeChoices[choice]}</span>
            <span className="cf-choices__time">{dueTime(times[choice].getTime(), now.getTime(), messages)}</span>
          </button>
        ))}
      </div>
      <label className="cf-field">
        {t.snoozeOwn}
        <input
          type="datetime-local"
          required
          min={localInput(now)}
          max={localInput(new Date(now.getTime() + MOST_MS))}
          value={own}
          onChange={(event) => setOwn(event.target.value)}
        />
      </label>
    </FormDialog>
  );
}

/** As an input of dates and times wants it: local, to the minute. */
function localInput(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
