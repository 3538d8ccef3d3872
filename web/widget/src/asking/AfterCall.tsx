/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { duration } from '@confab/react/plain';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { EndedCall } from '../widget.ts';
import { IconButton } from '../ui/Icon.tsx';
import { useAround } from '../ui/context.ts';
import { Stars } from './Stars.tsx';

/** So many stars, and nothing was wrong. */
const FINE = 4;
const REASON_MAX = 200;
/** Over the page it is no longer news by then. */
const SHOWN_MS = 20_000;

/** How long the call was, and how: kept with each choice; who was not content may say why. `over`: the page, rather than in the chat. */
export function AfterCall({ ended, over }: { ended: EndedCall; over: boolean }) {
  const { widget, t } = useAround();
  const [stars, setStars] = useState(0);
  const [state, setState] = useState<'asking' | 'told' | 'failed'>('asking');
  const reason = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLFormElement>(null);
  const close = () => widget.endAfter();
  useEffect(() => {
    if (!over) return;
    const timer = setInterval(() => {
      const root = box.current?.getRootNode() as ShadowRoot;
      if (!box.current?.matches(':hover') && !box.current?.contains(root.activeElement)) close(); // whoever is at it is not hurried
    }, SHOWN_MS);
    return () => clearInterval(timer);
  }, [ended, over]);

  const keep = (rating: number) => {
    const words = reason.current?.value.trim() ?? '';
    setStars(rating);
    ended.call.submitFeedback(rating, words ? { reason: words } : {}).then(
      () => setState(rating >= FINE || words ? 'told' : 'asking'),
      () => setState('failed'),
    );
  };
  return (
    <form
      ref={box}
      class={`rate after ${over ? 'is-over' : ''}`}
      aria-label={t.callEnded}
      onSubmit={(event) => {
        event.preventDefault();
        keep(stars);
      }}
      onKeyDown={(event) => event.key === 'Escape' && (event.stopPropagation(), close())}
    >
      <p class="after-what">
        <strong>{t.callEnded}</strong> {duration(ended.ms, t)}
      </p>
      <Stars legend={t.howWasCall} value={stars} onChange={keep} />
      <p class={state === 'failed' ? 'error' : ''} role="status">
        {state === 'told' ? t.thanks : state === 'failed' ? t.rateFailed : ''}
      </p>
      {stars > 0 && stars < FINE && state !== 'told' && (
        <div class="after-why">
          <label class="rate-comment">
            {t.whatWasWrong}
            <input ref={reason} maxLength={REASON_MAX} autocomplete="off" dir="auto" />
          </label>
          <button type="submit" class="button">
            {t.send}
          </button>
        </div>
      )}
      <IconButton icon="close" class="after-close" label={t.close} onClick={close} />
    </form>
  );
}
