// SPDX-License-Identifier: Apache-2.0
import type { CallCardObject } from '@confab/client';
import { conversationIdOf } from '@confab/client';
import { formatDuration, Icon } from '@confab/react';
import { useMessages, useTexts } from '../texts/index.ts';

interface HistoryProps {
  cards: readonly CallCardObject[];
  names: ReadonlyMap<string, string>;
  onConversation: (id: string | undefined) => void;
}

/** Calls of the past. Pressing a conversation shows only its own. */
export function History({ cards, names, onConversation }: HistoryProps) {
  const texts = useTexts();
  const messages = useMessages();
  const thisYear = new Date().getFullYear();
  const time = (at: Date) => {
    const year = at.getFullYear() === thisYear ? {} : ({ year: 'numeric' } as const);
    return new Intl.DateTimeFormat(messages.locale, { ...year, month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' }).format(at);
  };
  const titles = [texts.opWhen, texts.opConversation, texts.opCaller, texts.opOutcome, texts.opDuration, texts.opQuality, texts.opRating] as const;
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
          </tr>
        </thead>
        <tbody role="rowgroup">
          {cards.map((card) => {
            const id = conversationIdOf(card.cid.slice(card.cid.indexOf(':') + 1));
            return (
              <tr key={`${card.cid} ${card.started_at} ${card.ended_at}`} role="row">
                <td role="cell" data-title={titles[0]}>{time(new Date(card.started_at))}</td>
                <td role="cell" data-title={titles[1]}>
                  {id === undefined ? (
                    card.cid
                  ) : (
                    <button type="button" className="cf-link" onClick={() => onConversation(id)}>
                      <bdi>{names.get(id) ?? id}</bdi>
                    </button>
                  )}
                </td>
                <td role="cell" data-title={titles[2]}>
                  <bdi>{card.caller.name}</bdi>
                </td>
                <td role="cell" data-title={titles[3]}>
                  <span className={`op-outcome op-outcome--${card.outcome}`}>{texts.opOutcomes[card.outcome]}</span>
                </td>
                <td role="cell" data-title={titles[4]}>{card.duration_s > 0 ? formatDuration(card.duration_s * 1000, messages) : '–'}</td>
                <td role="cell" data-title={titles[5]}>
                  <span className={`op-quality op-quality--${card.quality ?? 'unknown'}`}>{texts.opQualities[card.quality ?? 'unknown']}</span>
                </td>
                <td role="cell" data-title={titles[6]}>
                  <Feedback card={card} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** What each said who was in it. */
function Feedback({ card }: { card: CallCardObject }) {
  const messages = useMessages();
  const name = (id: string) => card.participants.find((user) => user.id === id)?.name ?? id;
  const stars = new Intl.NumberFormat(messages.locale);
  if (!card.feedback) return '–';
  return (
    <ul className="op-said" role="list">
      {card.feedback.map(({ user_id: id, rating, reason }) => (
        <li key={id}>
          <span role="img" aria-label={messages.support.stars[rating - 1]}>
            <Icon name="star" size={16} /> {stars.format(rating)}
          </span>{' '}
          <bdi>{name(id)}</bdi>
          {reason !== null && <q dir="auto">{reason}</q>}
        </li>
      ))}
    </ul>
  );
}
