/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { useRef, useState } from 'preact/hooks';
import { useAround } from '../ui/context.ts';
import { Foot, type FormState } from './Foot.tsx';
import { Stars } from './Stars.tsx';

/** Under the server's limit in any script. */
const MAX_COMMENT = 300;

/** `onRate` with 0 skips, and rejects when it did not work. */
export function SatisfactionForm({ onRate }: { onRate: (rating: number, comment: string) => Promise<void> }) {
  const { t } = useAround();
  const [stars, setStars] = useState(0);
  const [state, setState] = useState<FormState>('asking');
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
      <Stars legend={t.howWasIt} value={stars} onChange={setStars} />
      {stars > 0 && (
        <label class="rate-comment">
          {t.comment}
          <textarea ref={comment} rows={2} maxLength={MAX_COMMENT} dir="auto" />
        </label>
      )}
      <Foot state={state} no={t.skip} yes={t.sendRating} ready={stars > 0} onNo={() => send(0)} />
    </form>
  );
}
