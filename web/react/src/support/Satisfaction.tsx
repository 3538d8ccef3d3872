// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useMessages } from '../context.tsx';
import { Stars } from '../ui/Stars.tsx';

interface SatisfactionProps {
  /** 0 skips. Rejects when it did not work. */
  onRate: (rating: number, comment: string) => Promise<void>;
  onFailed: () => void;
}

/** Asks the customer once how it was; one may say nothing. */
export function Satisfaction({ onRate, onFailed }: SatisfactionProps) {
  const t = useMessages().support;
  const [stars, setStars] = useState(0);
  const [comment, setComment] = useState('');
  const [busy, setBusy] = useState(false);
  const send = (rating: number) => {
    setBusy(true);
    onRate(rating, comment.trim()).catch(() => {
      setBusy(false);
      onFailed();
    });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (stars > 0) send(stars);
  };
  return (
    <form className="cf-rate" aria-label={t.howWasIt} onSubmit={submit}>
      <Stars legend={t.howWasIt} value={stars} onChange={setStars} />
      {stars > 0 && (
        <label className="cf-field">
          {t.comment}
          <textarea rows={2} maxLength={300} value={comment} onChange={(event) => setComment(event.target.value)} />
        </label>
      )}
      <div className="cf-form__buttons">
        <button type="button" className="cf-button cf-button--small cf-button--quiet" disabled={busy} onClick={() => send(0)}>
          {t.skip}
        </button>
        <button type="submit" className="cf-button cf-button--small" disabled={busy || stars === 0}>
          {t.sendRating}
        </button>
      </div>
    </form>
  );
}
