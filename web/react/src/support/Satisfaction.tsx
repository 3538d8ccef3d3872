// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useMessages } from '../context.tsx';
import { Icon } from '../ui/Icon.tsx';

interface SatisfactionProps {
  /** 0 skips. Rejects when it did not work. */
  onRate: (rating: number, comment: string) => Promise<void>;
  onFailed: () => void;
}

const STARS = [1, 2, 3, 4, 5];

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
      <fieldset className="cf-rate__stars">
        <legend>{t.howWasIt}</legend>
        {STARS.map((n) => (
          <label key={n} className={n <= stars ? 'cf-rate__star cf-rate__star--on' : 'cf-rate__star'}>
            <input type="radio" name="rating" className="cf-hidden" checked={stars === n} onChange={() => setStars(n)} aria-label={t.stars[n - 1]} />
            <Icon name="star" size={28} />
          </label>
        ))}
      </fieldset>
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
