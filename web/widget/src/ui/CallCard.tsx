/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import type { CallCardObject } from '@confab/client';
import { duration, timeOfDay } from '@confab/react/plain';
import { Icon } from './Icon.tsx';
import { useAround } from './context.ts';

/** What became of a call, in the conversation; after a missed one a press calls back. */
export function CallCard({ card, meId, at, onCall }: { card: CallCardObject; meId: string; at: number; onCall: () => void }) {
  const { widget, t } = useAround();
  const good = card.outcome === 'completed';
  const mine = card.caller.id === meId;
  return (
    <div class={`card ${good ? '' : 'is-missed'}`}>
      <Icon name={good ? 'camera' : 'hangUp'} />
      <div class="card-what">
        <p class="card-title">{good || mine || card.outcome === 'declined' ? t.card[card.outcome] : t.missed(card.caller.name)}</p>
        <p class="card-hint">
          {timeOfDay(at, t)}
          {good && ` · ${duration(card.duration_s * 1000, t)}`}
        </p>
      </div>
      {!good && widget.settings.calls && (
        <button type="button" class="button is-quiet" onClick={onCall}>
          {t.callAgain}
        </button>
      )}
    </div>
  );
}
