// SPDX-License-Identifier: Apache-2.0
import type { ChatStore } from '@confab/client';
import { useMessages } from '../context.tsx';
import { badge } from '../format.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { Icon } from '../ui/Icon.tsx';
import type { Conversation } from './useConversation.ts';

/** Shows the conversation beside the pictures, and how much of it is unread. */
export function ChatButton({ conversation }: { conversation: Conversation }) {
  const { messenger } = conversation.chat;
  return messenger ? <Counting conversation={conversation} messenger={messenger} /> : <Button conversation={conversation} unread={0} />;
}

function Counting({ conversation, messenger }: { conversation: Conversation; messenger: ChatStore }) {
  const state = useObservable(messenger.state$);
  return <Button conversation={conversation} unread={state.unread.get(conversation.id) ?? 0} />;
}

function Button({ conversation, unread }: { conversation: Conversation; unread: number }) {
  const messages = useMessages();
  const t = messages.call;
  const { open, button, toggle } = conversation;
  const label = !open && unread > 0 ? t.chatUnread(unread) : t.chat;
  return (
    <button
      ref={button}
      type="button"
      className={`cf-iconbutton cf-iconbutton--${open ? 'callOff' : 'call'} cf-chatbutton`}
      aria-label={label}
      title={label}
      aria-expanded={open}
      onClick={toggle}
    >
      <Icon name="chat" />
      {!open && unread > 0 && (
        <span className="cf-badge cf-badge--unread" aria-hidden="true">
          {badge(unread, messages)}
        </span>
      )}
    </button>
  );
}
