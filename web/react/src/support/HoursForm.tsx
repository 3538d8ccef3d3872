// SPDX-License-Identifier: Apache-2.0
import type { HoursObject, OpeningTimeObject } from '@confab/client';
import { useEffect, useState, type FormEvent } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { SlowSelect } from '../channels/SlowSelect.tsx';
import { useComebacks } from '../hooks/useComebacks.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { useAttempt } from './SupportDesk.tsx';

/** A Monday: for the names of weekdays. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const PER_DAY = 4;

/** When the team is there, and what customers are told when it is not. */
export function HoursForm() {
  const messages = useMessages();
  const t = messages.support;
  const client = useVideoClient();
  const attempt = useAttempt();
  const [hours, setHours] = useState<HoursObject>();
  const missing = hours === undefined;
  const comebacks = useComebacks();
  useEffect(() => {
    if (!missing) return; // what is being changed here stays
    let current = true;
    client.support.hours().then((found) => current && setHours(found), () => {});
    return () => {
      current = false;
    };
  }, [client, missing, comebacks]);
  if (!hours) return null;
  const change = (what: Partial<HoursObject>) => setHours({ ...hours, ...what });
  const changeDay = (day: number, spans: OpeningTimeObject[]) => change({ week: hours.week.map((old, i) => (i === day ? spans : old)) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const holidays = hours.holidays.map((date) => date.trim()).filter((date) => date !== '');
    const keep = (saved: HoursObject) => setHours((now) => (now === hours ? saved : now)); // what was changed meanwhile stays
    void attempt(client.support.setHours({ ...hours, holidays }).then(keep), t.saved);
  };
  const names = new Intl.DateTimeFormat(messages.locale, { weekday: 'long', timeZone: 'UTC' });
  return (
    <section className="cf-desk__section" aria-labelledby="cf-hours">
      <header className="cf-desk__head">
        <h2 id="cf-hours">{t.hours}</h2>
      </header>
      <form className="cf-form" onSubmit={submit}>
        <label className="cf-check">
          <input type="checkbox" checked={hours.enabled} onChange={(event) => change({ enabled: event.target.checked })} />
          {t.hoursOn}
        </label>
        <label className="cf-field">
          {t.timeZone}
          <input required list="cf-zones" value={hours.time_zone} onChange={(event) => change({ time_zone: event.target.value })} />
        </label>
        <datalist id="cf-zones">
          {['UTC', ...(Intl.supportedValuesOf?.('timeZone') ?? [])].map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <div className="cf-week">
          {hours.week.map((spans, day) => (
            <Day key={day} name={names.format(MONDAY + day * DAY_MS)} spans={spans} onChange={(changed) => changeDay(day, changed)} />
          ))}
        </div>
        <label className="cf-field">
          {t.holidays}
          <input
            value={hours.holidays.join(', ')}
            placeholder="2026-12-25, 2026-12-26"
            onChange={(event) => change({ holidays: event.target.value.split(',').map((date) => date.trimStart()) })}
          />
        </label>
        <label className="cf-field">
          {t.awayText}
          <textarea rows={3} maxLength={300} value={hours.away_text} placeholder={t.awayDefault} onChange={(event) => change({ away_text: event.target.value })} />
        </label>
        <label className="cf-check">
          <input type="checkbox" checked={hours.ask} onChange={(event) => change({ ask: event.target.checked })} />
          {t.askThem}
        </label>
        <label className="cf-check">
          <input type="checkbox" checked={hours.read_receipts ?? true} onChange={(event) => change({ read_receipts: event.target.checked })} />
          {t.showRead}
        </label>
        <SlowSelect seconds={hours.slow_mode_s ?? 0} hint={t.slowHint} onChange={(seconds) => change({ slow_mode_s: seconds })} />
        <div className="cf-form__buttons">
          <button type="submit" className="cf-button">
            {messages.save}
          </button>
        </div>
      </form>
    </section>
  );
}

function Day({ name, spans, onChange }: { name: string; spans: readonly OpeningTimeObject[]; onChange: (spans: OpeningTimeObject[]) => void }) {
  const t = useMessages().support;
  const set = (at: number, what: Partial<OpeningTimeObject>) => onChange(spans.map((span, i) => (i === at ? { ...span, ...what } : span)));
  return (
    <div className="cf-week__day" role="group" aria-label={name}>
      <span className="cf-week__name">{name}</span>
      <span className="cf-week__spans">
        {spans.length === 0 && <span className="cf-desk__hint">{t.closed}</span>}
        {spans.map((span, i) => (
          <span key={i} className="cf-week__span">
            <input className="cf-input" aria-label={t.from} required pattern="[0-2][0-9]:[0-5][0-9]" size={5} value={span.from} onChange={(event) => set(i, { from: event.target.value })} />
            –
            <input className="cf-input" aria-label={t.to} required pattern="[0-2][0-9]:[0-5][0-9]" size={5} value={span.to} onChange={(event) => set(i, { to: event.target.value })} />
            <IconButton icon="close" label={t.removeTime} onClick={() => onChange(spans.filter((_, other) => other !== i))} />
          </span>
        ))}
      </span>
      {spans.length < PER_DAY && (
        <button
          type="button"
          className="cf-button cf-button--small cf-button--quiet"
          onClick={() => onChange([...spans, spans.length === 0 ? { from: '09:00', to: '17:00' } : { from: spans.at(-1)?.to ?? '', to: '24:00' }])}
        >
          {t.addTime}
        </button>
      )}
    </div>
  );
}
