// SPDX-License-Identifier: Apache-2.0
import type { CallCardObject } from '@confab/client';
import type { Messages } from '../messages/en.ts';

/** A call in a few words, as the one who reads them lived it. */
export function cardText(card: CallCardObject, meId: string, t: Messages): string {
  const kind = card.video ? t.videoCall : t.voiceCall;
  if (card.outcome === 'completed') return kind;
  if (card.caller.id === meId) return t.cardOutgoing[card.outcome](kind);
  if (card.outcome === 'declined') return t.cardDeclined(kind);
  return t.missedCall(card.caller.name, card.channel_name);
}
