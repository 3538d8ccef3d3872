/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { duration, recordsVoice } from '@confab/react/plain';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon, IconButton } from './Icon.tsx';
import { useAround, useWidgetState } from './context.ts';
import { useSlowMode } from './slow.ts';
import type { Uploads } from './uploads.ts';
import { useVoice, VoiceButton } from './voice.tsx';

/** The server's limit for one message, in bytes of UTF-8. */
const MAX_BYTES = 10_000;

/** Enter sends, Shift+Enter makes a line; on touch screens Enter makes a line. */
export function Composer({ uploads }: { uploads: Uploads }) {
  const { widget, t } = useAround();
  const { connected } = useWidgetState();
  const [text, setText] = useState(() => widget.draft);
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const voice = useVoice();
  const wait = useSlowMode();
  const tooLong = new TextEncoder().encode(text.trim()).length > MAX_BYTES;
  const sendable = (text.trim() !== '' || uploads.list.length > 0) && !tooLong && uploads.ready && wait === 0;

  const change = (value: string) => {
    setText(value);
    widget.draft = value; // the page may be loaded anew
  };
  const send = () => {
    if (!sendable) return;
    widget.send(text.trim(), uploads.take());
    change('');
    area.current?.focus();
  };
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div aria-live="polite">
        {tooLong && <p class="error">{t.tooLong}</p>}
        {voice.problem && <p class="error">{voice.problem}</p>}
        {uploads.problem && <p class="error">{uploads.problem}</p>}
      </div>
      {wait > 0 && (
        <p class="slow" role="timer">
          <Icon name="clock" size={16} /> {t.slowWait(duration(wait + 999, t))}
        </p>
      )}
      {uploads.list.length > 0 && (
        <ul class="uploads" aria-label={t.attachments}>
          {uploads.list.map(({ key, name, ready }) => (
            <li key={key} class="upload">
              <Icon name={ready ? 'file' : 'clock'} size={18} />
              <span class="upload-name">{ready ? name : t.uploading(name)}</span>
              <IconButton icon="close" label={t.removeFile(name)} onClick={() => uploads.remove(key)} />
            </li>
          ))}
        </ul>
      )}
      {voice.bar && <div class="row">{voice.bar}</div>}
      <div class="row" hidden={voice.bar !== undefined}>
        <IconButton icon="clip" label={t.attach} onClick={() => picker.current?.click()} />
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label={t.attach}
          onChange={(event) => {
            uploads.add([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = '';
            area.current?.focus();
          }}
        />
        {recordsVoice() && <VoiceButton voice={voice} />}
        <textarea
          ref={area}
          rows={1}
          dir={text === '' ? undefined : 'auto'}
          value={text}
          aria-label={t.message}
          aria-invalid={tooLong}
          placeholder={t.placeholder}
          enterkeyhint="send"
          autocomplete="off"
          onInput={(event) => {
            change(event.currentTarget.value);
            connected?.chat.keystroke(connected.me.id);
          }}
          onKeyDown={(event) => {
            const touch = matchMedia('(pointer: coarse)').matches;
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing || touch) return;
            event.preventDefault();
            send();
          }}
          onPaste={(event) => {
            const pasted = [...(event.clipboardData?.files ?? [])];
            if (pasted.length === 0) return;
            event.preventDefault();
            uploads.add(pasted);
          }}
        />
        <button type="submit" class="iconbutton send" aria-label={t.send} title={t.send} disabled={!sendable}>
          <Icon name="send" size={20} />
        </button>
      </div>
    </form>
  );
}
