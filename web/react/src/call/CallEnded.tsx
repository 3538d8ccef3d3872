// SPDX-License-Identifier: Apache-2.0
import type { Call, UserObject } from '@confab/client';
import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useMessages } from '../context.tsx';
import { duration } from '../format.ts';
import { Icon } from '../ui/Icon.tsx';
import { CallRating } from './CallRating.tsx';

/** Where it is not its conversation's, it is no longer news by then. */
const SHOWN_MS = 12_000;
/** Whoever does one of these may be about to press something. */
const TOUCHES = ['pointerenter', 'focusin'];

export interface Ended {
  peer: Pick<UserObject, 'id' | 'name' | 'image'>;
  ms: number;
  /** Somebody else was in it. */
  met: boolean;
  /** Why nobody came, in words. */
  result: string | undefined;
}

interface CallEndedProps {
  ended: Ended;
  call: Call;
  /** Names of those who are in the call still. */
  others: readonly string[];
  /** One is in it oneself, on another device or in another window. */
  elsewhere?: boolean;
  /** In a conversation; null: over the page. */
  place: Element | null;
  /** It goes by itself. */
  passing: boolean;
  /** Into the call again: it rings when nobody is there. */
  onCall: () => void;
  /** To the text box of its conversation, when it has one. */
  onWrite: (() => void) | undefined;
  onClose: () => void;
}

/** After a call: with whom and how long, how it was, and back to it; or, when nobody came, to write instead. Not modal. */
export function CallEnded({ ended, call, others, elsewhere = false, place, passing, onCall, onWrite, onClose }: CallEndedProps) {
  const t = useMessages();
  const { peer, ms, met, result } = ended;
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!passing) return;
    let timer = setTimeout(onClose, SHOWN_MS);
    const element = box.current;
    // whoever is at one of its buttons is not hurried (WCAG 2.2.1)
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => (element?.matches(':hover, :focus-within') ? wait() : onClose()), SHOWN_MS);
    };
    for (const event of TOUCHES) element?.addEventListener(event, wait);
    return () => {
      clearTimeout(timer);
      for (const event of TOUCHES) element?.removeEventListener(event, wait);
    };
  }, [ended, passing, onClose]);
  if (typeof document === 'undefined') return null; // rendered on a server
  return createPortal(
    <section
      ref={box}
      className={place === null ? 'cf-ended cf-ended--over' : 'cf-ended'}
      aria-label={t.callEnded}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <p className="cf-ended__what" role="status">
        <span className="cf-ended__icon">
          <Icon name="hangUp" size={20} />
        </span>
        <strong>{elsewhere ? t.call.goesOn : t.callEnded}</strong>
        {(met || !elsewhere) && <span>{met ? t.callEndedWith(peer.name, duration(ms, t)) : (result ?? t.noAnswer(peer.name))}</span>}
        {others.length > 0 && !elsewhere && <span>{t.call.stillIn(others)}</span>}
      </p>
      {met && !elsewhere && <CallRating call={call} />}
      <div className="cf-ended__buttons">
        <button type="button" className="cf-button cf-button--quiet" onClick={onCall}>
          <Icon name="camera" size={20} /> {elsewhere ? t.call.continueHere : others.length > 0 ? t.call.rejoin : t.callAgain}
        </button>
        {!met && !elsewhere && onWrite && (
          <button type="button" className="cf-button cf-button--quiet" onClick={onWrite}>
            <Icon name="chat" size={20} /> {t.leaveMessage}
          </button>
        )}
      </div>
      <button type="button" className="cf-notice__close" aria-label={t.close} onClick={onClose}>
        <Icon name="close" size={16} />
      </button>
    </section>,
    place ?? document.body,
  );
}
