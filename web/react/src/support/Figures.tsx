// SPDX-License-Identifier: Apache-2.0
import type { FiguresResponse } from '@confab/client';
import { useEffect, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { shortDuration } from '../format.ts';
import { useNow } from '../hooks/useNow.ts';
import { MemberFigures } from './MemberFigures.tsx';

const EVERY_MS = 30_000;
const DAYS = [7, 30, 90];

/** What is to be done now, and how quick the team was, all of it and each. */
export function Figures() {
  const messages = useMessages();
  const t = messages.support;
  const client = useVideoClient();
  const [days, setDays] = useState(30);
  const [figures, setFigures] = useState<FiguresResponse>();
  const tick = useNow(EVERY_MS);
  useEffect(() => {
    let current = true;
    client.support.figures(days).then((found) => current && setFigures(found), () => {}); // asked again soon
    return () => {
      current = false;
    };
  }, [client, days, tick]);
  const number = new Intl.NumberFormat(messages.locale, { maximumFractionDigits: 1 });
  const time = (seconds: number | null | undefined) => (typeof seconds === 'number' ? shortDuration(seconds * 1000, messages) : '–');
  const tiles: [string, string][] = figures
    ? [
        [t.figures.open, number.format(figures.open)],
        [t.figures.unassigned, number.format(figures.unassigned)],
        [t.figures.waiting, number.format(figures.waiting)],
        [t.figures.oldest, figures.oldest_waiting_since ? shortDuration(tick - Date.parse(figures.oldest_waiting_since), messages) : '–'],
        [t.figures.firstReply, time(figures.first_reply_median_s)],
        [t.figures.resolution, time(figures.resolution_median_s)],
        [t.figures.cases, number.format(figures.cases)],
        [t.figures.callRating, figures.call_rating_mean === null ? '–' : t.figures.ratingOf(number.format(figures.call_rating_mean), number.format(figures.call_ratings))],
        [t.figures.rating, figures.rating_mean === null ? '–' : t.figures.ratingOf(number.format(figures.rating_mean), number.format(figures.ratings))],
      ]
    : [];
  return (
    <section className="cf-desk__section" aria-labelledby="cf-figures">
      <header className="cf-desk__head">
        <h2 id="cf-figures">{t.figures.title}</h2>
        <select className="cf-select" aria-label={t.figures.period} value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {DAYS.map((n) => (
            <option key={n} value={n}>
              {t.figures.days(n)}
            </option>
          ))}
        </select>
      </header>
      <dl className="cf-figures">
        {tiles.map(([name, value]) => (
          <div key={name} className="cf-figure">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {figures && <MemberFigures team={figures.team} />}
      <p className="cf-desk__hint">{t.figures.hint}</p>
    </section>
  );
}
