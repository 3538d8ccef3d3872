// SPDX-License-Identifier: Apache-2.0
import { useMessages } from '../context.tsx';
import { slowTime } from './slow.ts';

const CHOICES = [0, 5, 10, 30, 60, 300, 900, 3600];

/** How long one waits between two messages; of a group's members, where no other hint is given. */
export function SlowSelect({ seconds, hint, onChange }: { seconds: number; hint?: string; onChange: (seconds: number) => void }) {
  const messages = useMessages();
  const t = messages.channels;
  const choices = CHOICES.includes(seconds) ? CHOICES : [...CHOICES, seconds].sort((a, b) => a - b);
  return (
    <label className="cf-field">
      {t.slowMode}
      <select className="cf-select" value={seconds} onChange={(event) => onChange(Number(event.target.value))}>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice === 0 ? t.slowOff : slowTime(choice, messages)}
          </option>
        ))}
      </select>
      <span className="cf-field__hint">{hint ?? t.slowHint}</span>
    </label>
  );
}
