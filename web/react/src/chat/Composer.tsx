// SPDX-License-Identifier: Apache-2.0
import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useMessages } from '../context.tsx';
import { Icon } from '../ui/Icon.tsx';

/** The server's limit for one message, in bytes of UTF-8. */
const MAX_BYTES = 10_000;

interface ComposerProps {
  placeholder: string;
  /** What was being written when the conversation was last open. */
  draft?: string;
  onDraft?: (text: string) => void;
  onSend: (text: string) => void;
}

/** Enter sends, Shift+Enter makes a line; on touch screens Enter makes a line. */
export function Composer({ placeholder, draft = '', onDraft, onSend }: ComposerProps) {
  const t = useMessages();
  const [text, setText] = useState(draft);
  const area = useRef<HTMLTextAreaElement>(null);
  const tooLong = new TextEncoder().encode(text.trim()).length > MAX_BYTES;
  const sendable = text.trim() !== '' && !tooLong;

  const change = (value: string) => {
    setText(value);
    onDraft?.(value);
  };
  const send = () => {
    if (!sendable) return;
    onSend(text.trim());
    change('');
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const touch = matchMedia('(pointer: coarse)').matches;
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || touch) return;
    event.preventDefault();
    send();
  };

  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  return (
    <form
      className="cf-composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {tooLong && (
        <p className="cf-composer__error" id="cf-too-long">
          {t.tooLong}
        </p>
      )}
      <div className="cf-composer__row">
        <textarea
          ref={area}
          rows={1}
          value={text}
          aria-label={t.message}
          aria-invalid={tooLong}
          aria-describedby={tooLong ? 'cf-too-long' : undefined}
          placeholder={placeholder}
          enterKeyHint="send"
          autoComplete="off"
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" className="cf-send" aria-label={t.send} title={t.send} disabled={!sendable}>
          <Icon name="send" size={20} />
        </button>
      </div>
    </form>
  );
}
