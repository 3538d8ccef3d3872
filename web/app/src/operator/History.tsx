// SPDX-License-Identifier: Apache-2.0
import type { CallCardObject } from '@confab/client';
import { conversationIdOf } from '@confab/client';
import { formatDuration } from '@confab/react';
import { useWords } from '../texts/index.ts';

interface HistoryProps {
  cards: readonly CallCardObject[];
  onConversation: (id: string | undefined) => void;
}

/** Calls of the past. Pressing a conversation shows only its own. */
export function History({ cards, onConversation }: HistoryProps) {
  const { texts, messages } = useWords();
  const time = new Intl.DateTimeFormat(messages.locale, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <div className="op-scroll">
      <table>
        <thead>
          <tr>
            {[texts.opWhen, texts.opConversation, texts.opCaller, texts.opOutcome, texts.opDuration, texts.opQuality].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cards.map((card) => {
            const id = conversationIdOf(card.cid.slice(card.cid.indexOf(':') + 1));
            return (
              <tr key={`${card.cid} ${card.started_at} ${card.ended_at}`}>
                <td>{time.format(Date.parse(card.started_at))}</td>
                <td>
                  {id === undefined ? (
                    card.cid
                  ) : (
                    <button type="button" className="cf-link" onClick={() => onConversation(id)}>
                      {id}
                    </button>
                  )}
                </td>
                <td>{card.caller.name}</td>
                <td>{texts.opOutcomes[card.outcome]}</td>
                <td>{card.duration_s > 0 ? formatDuration(card.duration_s * 1000, messages) : '–'}</td>
                <td>
                  <span className={`op-quality op-quality--${card.quality ?? 'unknown'}`}>{texts.opQualities[card.quality ?? 'unknown']}</span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
