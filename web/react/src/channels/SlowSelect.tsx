// SPDX-License-Identifier: Apache-2.0
import { useMessages } from '../context.tsx';
import { slowTime } from './slow.ts';

const CHOICES = [0, 5, 10, 30, 60, 300, 900, 3600];

/** How long members of a group wait between two messages. */
export function SlowSelect({ seconds, onChange }: { seconds: number; onChange: (seconds: number) => void }) {
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
      <span className="cf-field__hint">{t.slowHint}</span>
    </label>
  );
}
