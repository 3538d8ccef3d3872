// SPDX-License-Identifier: Apache-2.0
import type { CallCardObject } from '@confab/client';
import { conversationIdOf } from '@confab/client';
import { formatDuration } from '@confab/react';
import { texts } from '../texts.ts';

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

interface HistoryProps {
  cards: readonly CallCardObject[];
  onConversation: (id: string | undefined) => void;
}

/** Calls of the past. Pressing a conversation shows only its own. */
export function History({ cards, onConversation }: HistoryProps) {
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
                <td>{TIME.format(Date.parse(card.started_at))}</td>
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
                <td>{card.duration_s > 0 ? formatDuration(card.duration_s * 1000) : '–'}</td>
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
