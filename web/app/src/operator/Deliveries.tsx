// SPDX-License-Identifier: Apache-2.0
import type { WebhookDeliveryObject } from '@confab/client';
import { useMessages, useTexts } from '../texts/index.ts';

interface DeliveriesProps {
  deliveries: readonly WebhookDeliveryObject[];
  onRepeat: (delivery: string) => void;
}

/** One webhook's deliveries: those that wait, then those that are over. */
export function Deliveries({ deliveries, onRepeat }: DeliveriesProps) {
  const texts = useTexts();
  const { hook } = texts;
  const titles = [texts.opWhen, hook.event, hook.state, hook.answer, texts.opDuration] as const;
  return (
    <div className="op-scroll">
      {/* the roles: on a phone each row is drawn as a card, and stays a row */}
      <table className="op-cards" role="table">
        <thead role="rowgroup">
          <tr role="row">
            {titles.map((title) => (
              <th key={title} scope="col" role="columnheader">
                {title}
              </th>
            ))}
            <th scope="col" role="columnheader">
              <span className="op-hidden">{hook.action}</span>
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {deliveries.map((delivery) => (
            <Row key={delivery.id} delivery={delivery} titles={titles} onRepeat={() => onRepeat(delivery.id)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  delivery: WebhookDeliveryObject;
  titles: readonly [string, string, string, string, string];
  onRepeat: () => void;
}

function Row({ delivery, titles, onRepeat }: RowProps) {
  const texts = useTexts();
  const { hook } = texts;
  const { locale } = useMessages();
  const { type, state, attempts, status, error, created_at, next_attempt_at: next, duration_ms: duration, repeatable } = delivery;
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const created = new Date(created_at);
  const today = created.toDateString() === new Date().toDateString();
  const time = today ? clock : new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' });
  const number = new Intl.NumberFormat(locale);
  const waits = state === 'waiting';
  return (
    <tr role="row">
      <td role="cell" data-title={titles[0]} className="op-figure">{time.format(created)}</td>
      <td role="cell" data-title={titles[1]}>
        <bdi dir="ltr">{type}</bdi>
      </td>
      <td role="cell" data-title={titles[2]}>
        <span className={`op-state op-state--${state}`}>{hook.states[state]}</span>
        <span className="op-hook__more">
          {attempts > 1 && hook.attempts(attempts)} {waits && next !== null && hook.next(clock.format(Date.parse(next)))}
        </span>
      </td>
      <td role="cell" data-title={titles[3]} className="op-answer">
        {status !== null ? number.format(status) : error !== undefined ? <span lang="en" dir="ltr">{error}</span> : '–'}
      </td>
      <td role="cell" data-title={titles[4]} className="op-figure">{duration === null ? '–' : texts.opMs(duration)}</td>
      <td role="cell">
        {(waits || (repeatable && state !== 'sending')) && (
          <button type="button" className="cf-link" aria-label={hook.what(waits ? hook.now : hook.again, type)} onClick={onRepeat}>
            {waits ? hook.now : hook.again}
          </button>
        )}
      </td>
    </tr>
  );
}
