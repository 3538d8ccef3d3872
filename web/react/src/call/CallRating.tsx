// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { useState, type FormEvent } from 'react';
import { useMessages } from '../context.tsx';
import { errorText } from '../errorText.ts';
import { Stars } from '../ui/Stars.tsx';
import { useToast } from '../ui/Toasts.tsx';

/** So many stars, and nothing was wrong. */
const FINE = 4;
const REASON_MAX = 200;

/** How the call was: kept with each choice; who was not content may say why. */
export function CallRating({ call }: { call: Call }) {
  const messages = useMessages();
  const t = messages.call;
  const toast = useToast();
  const [stars, setStars] = useState(0);
  const [reason, setReason] = useState('');
  const [told, setTold] = useState(false);
  const keep = (rating: number, words: string) =>
    call.submitFeedback(rating, words ? { reason: words } : {}).then(
      () => setTold(rating >= FINE || words !== ''),
      (error: unknown) => toast(errorText(error, messages), 'problem'),
    );
  const choose = (rating: number) => {
    setStars(rating);
    void keep(rating, reason.trim());
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void keep(stars, reason.trim());
  };
  return (
    <>
      <div className="cf-ended__rating">
        <Stars legend={t.howWasIt} value={stars} onChange={choose} />
        <p className="cf-ended__thanks" role="status">
          {told && t.thanks}
        </p>
      </div>
      {stars > 0 && stars < FINE && !told && (
        <form className="cf-ended__reason" onSubmit={submit}>
          <label className="cf-field">
            {t.reason}
            <input value={reason} maxLength={REASON_MAX} autoComplete="off" onChange={(event) => setReason(event.target.value)} />
          </label>
          <button type="submit" className="cf-button" disabled={reason.trim() === ''}>
            {t.sendReason}
          </button>
        </form>
      )}
    </>
  );
}
