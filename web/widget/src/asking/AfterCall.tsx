/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { duration } from '@confab/react/plain';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Connected, EndedCall } from '../widget.ts';
import { Icon, IconButton } from '../ui/Icon.tsx';
import { useAround } from '../ui/context.ts';
import { useLiveCall } from '../ui/live.ts';
import { Stars } from './Stars.tsx';

/** So many stars, and nothing was wrong. */
const FINE = 4;
const REASON_MAX = 200;
/** Over the page it is no longer news by then. */
const SHOWN_MS = 20_000;

interface AfterCallProps {
  ended: EndedCall;
  connected: Connected;
  /** Over the page, rather than in the chat. */
  over: boolean;
}

/**
 * How long the call was, and how; or why nobody came, and what one can do instead. A rating is kept with each choice; who
 * was not content may say why.
 */
export function AfterCall({ ended, connected, over }: AfterCallProps) {
  const { widget, t } = useAround();
  const box = useRef<HTMLElement>(null);
  const live = useLiveCall(connected);
  const { ms, result } = ended;
  const close = () => widget.endAfter();
  const write = () => {
    close();
    widget.write();
  };
  const title = live?.elsewhere ? t.callIsLiveElsewhere : ms === undefined ? (result ?? t.callEnded) : t.callEnded;
  useEffect(() => {
    if (!over) return;
    const timer = setInterval(() => {
      const root = box.current?.getRootNode() as ShadowRoot;
      if (!box.current?.matches(':hover') && !box.current?.contains(root.activeElement)) close(); // whoever is at it is not hurried
    }, SHOWN_MS);
    return () => clearInterval(timer);
  }, [ended, over]);
  return (
    <section
      ref={box}
      class={`rate after ${over ? 'is-over' : ''}`}
      aria-label={t.callEnded}
      onKeyDown={(event) => event.key === 'Escape' && (event.preventDefault(), event.stopPropagation(), close())}
    >
      <p class="after-what" role="status">
        <strong>{title}</strong> {ms !== undefined && !live?.elsewhere && duration(ms, t)}
      </p>
      {ms !== undefined && !live?.elsewhere && <Rating call={ended.call} />}
      <div class="after-buttons">
        <button type="button" class="button is-quiet" onClick={() => void widget.call({ check: false })}>
          <Icon name="camera" size={20} /> {live?.elsewhere ? t.continueHere : live ? t.joinCall : t.callAgain}
        </button>
        {(ms === undefined || over) && (
          <button type="button" class="button is-quiet" onClick={write}>
            <Icon name="chat" size={20} /> {ms === undefined ? t.leaveMessage : t.openChat}
          </button>
        )}
      </div>
      <IconButton icon="close" class="after-close" label={t.close} onClick={close} />
    </section>
  );
}

function Rating({ call }: { call: EndedCall['call'] }) {
  const { t } = useAround();
  const [stars, setStars] = useState(0);
  const [state, setState] = useState<'asking' | 'told' | 'failed'>('asking');
  const reason = useRef<HTMLInputElement>(null);
  const keep = (rating: number) => {
    const words = reason.current?.value.trim() ?? '';
    setStars(rating);
    call.submitFeedback(rating, words ? { reason: words } : {}).then(
      () => setState(rating >= FINE || words ? 'told' : 'asking'),
      () => setState('failed'),
    );
  };
  return (
    <form
      class="after-rating"
      aria-label={t.howWasCall}
      onSubmit={(event) => {
        event.preventDefault();
        keep(stars);
      }}
    >
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
    </form>
  );
}
