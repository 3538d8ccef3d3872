/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { refusedWord, type AttachmentObject, type ChatMessage, type Receipt } from '@confab/client';
import { LINK_REL, fileSize, isEmojiOnly, linkify, timeOfDay } from '@confab/react/plain';
import type { Messages } from '../messages/index.ts';
import { Icon, IconButton } from './Icon.tsx';
import { useAround } from './context.ts';
import { Voiced } from './voice.tsx';

interface RunProps {
  messages: readonly ChatMessage[];
  mine: boolean;
  meId: string;
  /** How far the last one has come; only on one's own last one. */
  receipt: Receipt | undefined;
  urlOf?: ((attachment: AttachmentObject) => string) | undefined;
  onRetry: (message: ChatMessage) => void;
  onDiscard: (message: ChatMessage) => void;
  /** Of others' messages. */
  onReport?: ((message: ChatMessage) => void) | undefined;
}

/** Messages of one person in a row: one name, one time. */
export function Run({ messages, mine, receipt, urlOf, onRetry, onDiscard, onReport }: RunProps) {
  const { t } = useAround();
  const last = messages.at(-1);
  return (
    <div class={`run ${mine ? 'is-mine' : ''}`}>
      {mine ? <span class="hidden">{t.you}</span> : <p class="run-name">{last?.user.name}</p>}
      {messages.map((message) => (
        <Bubble key={message.key} message={message} urlOf={urlOf} onRetry={onRetry} onDiscard={onDiscard} onReport={onReport} />
      ))}
      {last?.delivery === 'sent' && (
        <p class="time">
          {timeOfDay(last.at, t)}
          {messages.some((message) => message.edited && !message.deleted) && ` · ${t.edited}`}
          {receipt && (
            <span class={`ticks is-${receipt}`} role="img" aria-label={t.receipt[receipt]} title={t.receipt[receipt]}>
              <Icon name={receipt === 'sent' ? 'check' : 'checks'} size={16} />
            </span>
          )}
        </p>
      )}
    </div>
  );
}

type BubbleProps = { message: ChatMessage } & Pick<RunProps, 'urlOf' | 'onRetry' | 'onDiscard' | 'onReport'>;

function Bubble({ message, urlOf, onRetry, onDiscard, onReport }: BubbleProps) {
  const { t } = useAround();
  const { text, quoted, attachments, files = [], reactions, delivery, deleted } = message;
  const emoji = !quoted && attachments.length + files.length === 0 && isEmojiOnly(text);
  return (
    <>
      <div class={`bubble is-${delivery} ${emoji ? 'is-emoji' : ''} ${deleted ? 'is-deleted' : ''}`}>
        {quoted && !deleted && (
          <blockquote class="quote" dir="auto">
            <bdi class="quote-name">{quoted.user_name}</bdi> {quoted.text || t.deleted}
          </blockquote>
        )}
        {urlOf && attachments.map((attachment) => <Attachment key={attachment.id} attachment={attachment} url={urlOf(attachment)} />)}
        {/* the page's policy may forbid pictures that are not from a server: their names will do until they are there */}
        {files.map(({ name, file, voice }, i) => (
          <span key={i} class="file">
            <Icon name="file" />
            <span class="file-name">{voice ? t.voice.preview : name}</span>
            {file && <span>{fileSize(file.size, t)}</span>}
          </span>
        ))}
        {/* what a person wrote has its own direction, the bubble that of the page */}
        {deleted ? t.deleted : text !== '' && <div dir="auto"><Text text={text} /></div>}
        {onReport && !deleted && message.id !== undefined && <IconButton icon="flag" class="flag" label={t.reportThis} onClick={() => onReport(message)} />}
      </div>
      {reactions.length > 0 && (
        <p class="reactions">
          {reactions.map(({ type, user_ids: who }) => (
            <span key={type}>
              {type} {who.length > 1 && who.length}
            </span>
          ))}
        </p>
      )}
      {delivery === 'sending' && (
        <p class="time">
          <Icon name="clock" size={14} /> {t.sending}
        </p>
      )}
      {delivery === 'waiting' && (
        <p class="time">
          <Icon name="clock" size={14} /> {t.waitingToSend}
          <button type="button" class="link" onClick={() => onDiscard(message)}>
            {t.discard}
          </button>
        </p>
      )}
      {delivery === 'failed' && (
        <p class="failed">
          <Icon name="alert" size={16} /> {failure(message, t)}
          <button type="button" class="link" onClick={() => onRetry(message)}>
            {t.resend}
          </button>
          <button type="button" class="link" onClick={() => onDiscard(message)}>
            {t.discard}
          </button>
        </p>
      )}
    </>
  );
}

function Text({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map(({ text: piece, href }, i) =>
        href === undefined ? (
          piece
        ) : (
          <a key={i} href={href} target="_blank" rel={LINK_REL} dir="ltr">
            {piece}
          </a>
        ),
      )}
    </>
  );
}

/** Why it did not go. */
function failure({ error }: ChatMessage, t: Messages): string {
  const word = refusedWord(error);
  if (word !== undefined) return t.wordRefused(word);
  return error?.statusCode === 429 ? t.tooFast(error.retryAfter ?? 1) : t.notDelivered;
}

/** Pictures, sound and video in place, everything else to save. */
function Attachment({ attachment, url }: { attachment: AttachmentObject; url: string }) {
  const { t } = useAround();
  const { name, mime_type: type, size, width, height, voice } = attachment;
  if (voice) return <Voiced attachment={attachment} voice={voice} url={url} />;
  if (type.startsWith('image/')) {
    return (
      <a class="picture" href={url} target="_blank" rel="noopener noreferrer">
        <img src={url} alt={t.picture(name)} width={width} height={height} loading="lazy" decoding="async" />
      </a>
    );
  }
  if (type.startsWith('video/')) return <video src={url} controls preload="metadata" aria-label={name} />;
  if (type.startsWith('audio/')) return <audio src={url} controls preload="metadata" aria-label={name} />;
  return (
    <a class="file" href={url} download={name} target="_blank" rel="noopener noreferrer">
      <Icon name="file" />
      <span class="file-name">{name}</span>
      <span>{fileSize(size, t)}</span>
    </a>
  );
}
