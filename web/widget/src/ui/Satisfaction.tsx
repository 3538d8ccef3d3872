/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Connected } from '../widget.ts';
import { Icon } from './Icon.tsx';
import { useAround, useObservable } from './context.ts';

const STARS = [1, 2, 3, 4, 5];
/** Under the server's limit in any script. */
const MAX_COMMENT = 300;

/** Asks once how it was, after the team has closed the conversation; one may say nothing. `onDone`: the form with the focus goes. */
export function Satisfaction({ connected, onDone }: { connected: Connected; onDone: () => void }) {
  const { t } = useAround();
  const { chat, me } = connected;
  const support = useObservable(chat.state$).conversations.get(me.id)?.support;
  const question = support?.question;
  const [thanked, setThanked] = useState(false);
  useEffect(() => {
    if (question !== undefined || support?.status !== 'resolved') setThanked(false);
  }, [question, support?.status]);

  const rate = async (rating: number, comment: string) => {
    if (question === undefined) return;
    await chat.rate(me.id, question, rating, comment);
    setThanked(rating > 0);
    onDone();
  };
  return (
    <>
      {/* there before it has something to say: else screen readers keep silent */}
      <p class={thanked ? 'day' : 'hidden'} role="status">
        {thanked ? t.thanks : question === undefined ? '' : t.howWasIt}
      </p>
      {question !== undefined && <Form key={question} onRate={rate} />}
    </>
  );
}

/** `onRate` with 0 skips, and rejects when it did not work. */
function Form({ onRate }: { onRate: (rating: number, comment: string) => Promise<void> }) {
  const { t } = useAround();
  const [stars, setStars] = useState(0);
  const [state, setState] = useState<'asking' | 'busy' | 'failed'>('asking');
  const comment = useRef<HTMLTextAreaElement>(null);
  const send = (rating: number) => {
    setState('busy');
    onRate(rating, comment.current?.value.trim() ?? '').catch(() => setState('failed'));
  };
  return (
    <form
      class="rate"
      aria-label={t.howWasIt}
      onSubmit={(event) => {
        event.preventDefault();
        if (stars > 0) send(stars);
      }}
    >
      <fieldset class="rate-stars">
        <legend>{t.howWasIt}</legend>
        {STARS.map((n) => (
          <label key={n} class={`rate-star ${n <= stars ? 'is-on' : ''}`} title={t.stars[n - 1]}>
            <input type="radio" name="rating" class="hidden" checked={stars === n} aria-label={t.stars[n - 1]} onChange={() => setStars(n)} />
            <Icon name="star" size={28} />
          </label>
        ))}
      </fieldset>
      {stars > 0 && (
        <label class="rate-comment">
          {t.comment}
          <textarea ref={comment} rows={2} maxLength={MAX_COMMENT} dir="auto" />
        </label>
      )}
      {state === 'failed' && (
        <p class="error" role="alert">
          {t.rateFailed}
        </p>
      )}
      <div class="rate-buttons">
        <button type="button" class="button is-quiet" disabled={state === 'busy'} onClick={() => send(0)}>
          {t.skip}
        </button>
        <button type="submit" class="button" disabled={state === 'busy' || stars === 0}>
          {t.sendRating}
        </button>
      </div>
    </form>
  );
}
