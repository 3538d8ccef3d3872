// SPDX-License-Identifier: Apache-2.0
import type { ChatMessage } from '@confab/client';
import { useMessages } from '../context.tsx';
import { timeOfDay } from '../format.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import type { Run } from './groups.ts';
import { isEmojiOnly, linkify } from './text.ts';

/** Messages of one person in a row: one picture, one name, one time. */
export function MessageRun({ run, mine, onRetry }: { run: Run; mine: boolean; onRetry: (key: string) => void }) {
  const t = useMessages();
  const last = run.messages.at(-1);
  return (
    <div className={`cf-run ${mine ? 'cf-run--mine' : ''}`}>
      {!mine && <Avatar user={run.user} size="small" />}
      <div className="cf-run__body">
        {!mine && <p className="cf-run__name">{run.user.name}</p>}
        {run.messages.map((message) => (
          <Bubble key={message.key} message={message} onRetry={onRetry} />
        ))}
        {last?.delivery === 'sent' && <p className="cf-run__time">{timeOfDay(last.at, t)}</p>}
      </div>
    </div>
  );
}

function Bubble({ message, onRetry }: { message: ChatMessage; onRetry: (key: string) => void }) {
  const t = useMessages();
  const emoji = isEmojiOnly(message.text) ? 'cf-bubble--emoji' : '';
  return (
    <>
      <div className={`cf-bubble cf-bubble--${message.delivery} ${emoji}`} dir="auto">
        {linkify(message.text).map(({ text, href }, i) =>
          href === undefined ? (
            text
          ) : (
            <a key={i} href={href} target="_blank" rel="noopener noreferrer">
              {text}
            </a>
          ),
        )}
      </div>
      {message.delivery === 'sending' && (
        <p className="cf-run__time">
          <Icon name="clock" size={14} /> {t.sending}
        </p>
      )}
      {message.delivery === 'failed' && (
        <p className="cf-run__failed">
          <Icon name="alert" size={16} /> {t.notDelivered}
          <button type="button" className="cf-link" onClick={() => onRetry(message.key)}>
            {t.resend}
          </button>
        </p>
      )}
    </>
  );
}
