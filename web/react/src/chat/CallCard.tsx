// SPDX-License-Identifier: Apache-2.0
import type { CallCardObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { duration, timeOfDay } from '../format.ts';
import { Icon } from '../ui/Icon.tsx';
import { cardText } from './cardText.ts';

interface CallCardProps {
  card: CallCardObject;
  meId: string;
  at: number;
  /** Rings back; not offered without it. */
  onCall: (() => void) | undefined;
}

/** What became of a call, in the conversation: talked, missed, declined; and one press calls back. */
export function CallCard({ card, meId, at, onCall }: CallCardProps) {
  const t = useMessages();
  const mine = card.caller.id === meId;
  const good = card.outcome === 'completed';
  return (
    <div className={`cf-card ${good ? '' : 'cf-card--missed'}`}>
      <span className="cf-card__icon">
        <Icon name={good ? 'camera' : 'hangUp'} size={20} />
      </span>
      <div className="cf-card__what">
        <p className="cf-card__title">{cardText(card, meId, t)}</p>
        <p className="cf-card__hint">
          {timeOfDay(at, t)}
          {good && ` · ${duration(card.duration_s * 1000, t)}`}
          {card.quality === 'poor' && ` · ${t.connectionPoor}`}
        </p>
      </div>
      {!good && onCall && (
        <button type="button" className="cf-button cf-button--small cf-button--quiet" onClick={onCall}>
          {mine ? t.callAgain : t.callBack}
        </button>
      )}
    </div>
  );
}
