/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import type { Connected } from '../widget.ts';
import { useAround, useObservable } from './context.ts';
import { useLoaded } from './load.ts';

/** Asks once how it was, after the team has closed the conversation; one may say nothing. `onDone`: the form with the focus goes. */
export function Satisfaction({ connected, onDone }: { connected: Connected; onDone: () => void }) {
  const { t } = useAround();
  const { chat, me } = connected;
  const support = useObservable(chat.state$).conversations.get(me.id)?.support;
  const question = support?.question;
  const [thanked, setThanked] = useState(false);
  const asking = useLoaded(question !== undefined, () => import('../asking/asking.ts'), () => {});
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
      {question !== undefined && asking && <asking.SatisfactionForm key={question} onRate={rate} />}
    </>
  );
}
