// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'react';
import { useMessages } from '../context.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import type { Conversation } from './useConversation.ts';

/** The place of the conversation: beside the pictures, on a phone over their lower part. Escape closes it, and not the call. */
export function ChatPanel({ conversation }: { conversation: Conversation }) {
  const t = useMessages().call;
  const box = useRef<HTMLElement>(null);
  const close = useRef(conversation.close);
  useEffect(() => {
    close.current = conversation.close;
  });
  useEffect(() => {
    const panel = box.current;
    // the page's own: what is in the panel belongs to the page, and its keys do not come by here in React's tree
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.stopPropagation();
      close.current();
    };
    panel?.addEventListener('keydown', onKey);
    return () => panel?.removeEventListener('keydown', onKey);
  }, []);
  return (
    <aside ref={box} className="cf-callchat cf-dark" aria-label={t.chat}>
      <header className="cf-callchat__head">
        <h2>{t.chat}</h2>
        <IconButton icon="close" label={t.closeChat} onClick={() => conversation.close()} />
      </header>
      <div ref={conversation.chat.setPlace} className="cf-callchat__place" />
    </aside>
  );
}
