// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useMessages } from '../context.tsx';
import { duration } from '../format.ts';
import { Icon } from '../ui/Icon.tsx';

/** It is no longer news by then. */
const SHOWN_MS = 12_000;

export interface Ended {
  peer: Pick<UserObject, 'id' | 'name' | 'image'>;
  ms: number;
}

/** After a call: how long it was, and back to it. Not modal: the conversation lies behind it, with the card of the call. */
export function CallEnded({ ended, onCall, onClose }: { ended: Ended; onCall: () => void; onClose: () => void }) {
  const t = useMessages();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let timer = setTimeout(onClose, SHOWN_MS);
    const element = box.current;
    // whoever is at one of its buttons is not hurried (WCAG 2.2.1)
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => (element?.matches(':hover, :focus-within') ? wait() : onClose()), SHOWN_MS);
    };
    for (const event of ['pointerenter', 'focusin']) element?.addEventListener(event, wait);
    return () => clearTimeout(timer);
  }, [ended, onClose]);
  if (typeof document === 'undefined') return null; // rendered on a server
  return createPortal(
    <section ref={box} className="cf-ended" aria-label={t.callEnded} onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <span className="cf-ended__icon">
        <Icon name="hangUp" size={24} />
      </span>
      <p className="cf-ended__what" role="status">
        <strong>{t.callEnded}</strong> <span>{t.callEndedWith(ended.peer.name, duration(ended.ms, t))}</span>
      </p>
      <button type="button" className="cf-button cf-button--quiet" onClick={onCall}>
        <Icon name="camera" size={20} /> {t.callAgain}
      </button>
      <button type="button" className="cf-notice__close" aria-label={t.close} onClick={onClose}>
        <Icon name="close" size={16} />
      </button>
    </section>,
    document.body,
  );
}
