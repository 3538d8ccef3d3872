// SPDX-License-Identifier: Apache-2.0
import type { ChatMessage, QuotedObject } from '@confab/client';
import { memo, useState } from 'react';
import { useMessages } from '../context.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Attachments } from './Attachments.tsx';
import { WaitingFiles } from './WaitingFiles.tsx';
import { MessageText } from './MessageText.tsx';
import { MessageMenu } from './MessageMenu.tsx';
import { Reactions } from './Reactions.tsx';
import { refusalText } from './refusal.ts';
import { isEmojiOnly } from './text.ts';

/** What can be done with a message; what is absent is not offered. */
export interface MessageActions {
  retry(message: ChatMessage): void;
  /** Of what is not sent. */
  discard(message: ChatMessage): void;
  react(message: ChatMessage, type: string): void;
  reply(message: ChatMessage): void;
  edit(message: ChatMessage): void;
  remove(message: ChatMessage): void;
  /** Asks the team to look at it. */
  report(message: ChatMessage): void;
  /** Of others' messages. */
  markUnread?: ((message: ChatMessage) => void) | undefined;
  /** Shows the message that was quoted. */
  jump(messageId: number): void;
  canEdit(message: ChatMessage): boolean;
  canDelete(message: ChatMessage): boolean;
  canReport(message: ChatMessage): boolean;
}

interface BubbleProps {
  message: ChatMessage;
  mine: boolean;
  meId: string;
  /** One has jumped here. */
  marked: boolean;
  actions: MessageActions;
}

/** Drawn anew only when something of its message changed, not with every event. */
export const Bubble = memo(function Bubble({ message, mine, meId, marked, actions }: BubbleProps) {
  const t = useMessages();
  const [menu, setMenu] = useState(false);
  const emoji = !message.quoted && message.attachments.length === 0 && !message.files?.length && isEmojiOnly(message.text);
  const look = [
    'cf-bubble',
    `cf-bubble--${message.delivery}`,
    emoji && 'cf-bubble--emoji',
    message.deleted && 'cf-bubble--deleted',
    message.private && 'cf-bubble--private',
    marked && 'cf-bubble--marked',
  ];
  return (
    <>
      {message.private && (
        <p className="cf-run__note">
          <Icon name="lock" size={14} /> {t.privateNote}
        </p>
      )}
      <div className={`cf-line ${menu ? 'cf-line--menu' : ''}`} data-message={message.id}>
        <div className={look.filter(Boolean).join(' ')}>
          {message.quoted && !message.deleted && <Quote quoted={message.quoted} onJump={actions.jump} />}
          {message.attachments.length > 0 && <Attachments attachments={message.attachments} />}
          {message.files && message.files.length > 0 && <WaitingFiles files={message.files} />}
          {message.deleted ? t.messageDeleted : message.text !== '' && <MessageText text={message.text} whole={marked} />}
        </div>
        {message.delivery === 'sent' && !message.deleted && (
          <MessageMenu message={message} mine={mine} open={menu} onOpen={setMenu} actions={actions} />
        )}
      </div>
      {message.reactions.length > 0 && (
        <Reactions reactions={message.reactions} meId={meId} onToggle={(type) => actions.react(message, type)} />
      )}
      {message.delivery === 'sending' && (
        <p className="cf-run__time">
          <Icon name="clock" size={14} /> {t.sending}
        </p>
      )}
      {message.delivery === 'waiting' && (
        <p className="cf-run__time">
          <Icon name="clock" size={14} /> {t.waitingToSend}
          <button type="button" className="cf-link" onClick={() => actions.discard(message)}>
            {t.discard}
          </button>
        </p>
      )}
      {message.delivery === 'failed' && (
        <p className="cf-run__failed">
          <Icon name="alert" size={16} /> {refusalText(message.error, t) ?? t.notDelivered}
          <button type="button" className="cf-link" onClick={() => actions.retry(message)}>
            {t.resend}
          </button>
          <button type="button" className="cf-link" onClick={() => actions.discard(message)}>
            {t.discard}
          </button>
        </p>
      )}
    </>
  );
});

function Quote({ quoted, onJump }: { quoted: QuotedObject; onJump: (messageId: number) => void }) {
  const t = useMessages();
  return (
    // as a whole in the direction of what is quoted; a <bdi> does not count
    <button type="button" className="cf-quote" dir="auto" title={t.showQuoted} onClick={() => onJump(quoted.id)}>
      <span className="cf-quote__name">
        <bdi>{quoted.user_name}</bdi>
      </span>
      <span className="cf-quote__text">{quoted.text || t.messageDeleted}</span>
    </button>
  );
}
