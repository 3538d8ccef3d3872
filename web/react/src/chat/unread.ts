// SPDX-License-Identifier: Apache-2.0
/** Marking a conversation unread, and what ends that. */
import type { ChatStore } from '@confab/client';
import { useCallback, useEffect, useRef, type HTMLAttributes, type SyntheticEvent } from 'react';
import { useMessages } from '../context.tsx';
import { errorText } from '../errorText.ts';
import { useToast } from '../ui/Toasts.tsx';

/** From this message on, or from what the other side said last; a toast says whether it worked. */
export function useMarkUnread(store: ChatStore, conversationId: string): (messageId?: number) => void {
  const t = useMessages();
  const toast = useToast();
  return useCallback(
    (messageId) =>
      void store.markUnread(conversationId, messageId).then(
        (done) => done && toast(t.markedUnread),
        (error: unknown) => toast(errorText(error, t), 'problem'),
      ),
    [store, conversationId, t, toast],
  );
}

const SCROLL_KEYS = ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' '];

/**
 * What a person does who goes on with a conversation that was marked unread: they write; or, once it was opened anew, they
 * click or scroll among its messages. Opening it is not enough: that may be a look for what is to be done. For the pane.
 */
export function useGoingOn(store: ChatStore, conversationId: string, keptUnread: boolean): HTMLAttributes<HTMLElement> {
  const reopened = useRef(keptUnread);
  useEffect(() => {
    if (!keptUnread) reopened.current = false;
  }, [keptUnread]);
  if (!keptUnread) return {};
  const isIn = ({ target }: SyntheticEvent, place: string) => target instanceof Element && target.closest(place) !== null;
  const reads = (event: SyntheticEvent) => reopened.current && isIn(event, '.cf-messages') && !isIn(event, '.cf-more');
  const goOn = (does: boolean) => does && store.resume(conversationId);
  return {
    onInput: (event) => goOn(isIn(event, '.cf-composer')),
    onPointerDown: (event) => goOn(isIn(event, '.cf-composer') || reads(event)),
    onWheel: (event) => goOn(reads(event)),
    onKeyDown: (event) => goOn(SCROLL_KEYS.includes(event.key) && reads(event)),
  };
}
