// SPDX-License-Identifier: Apache-2.0
import type { ChatMessage, UnsentFile } from '@confab/client';
import { useEffect, useLayoutEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent } from 'react';
import { useMessages } from '../context.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useSuggestions, type SuggestionSource } from '../support/Suggestions.tsx';
import { NARROW, useMedia } from '../hooks/useMedia.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { VoiceBar } from '../voice/VoiceBar.tsx';
import { VoiceRecorder, type Recording } from '../voice/recorder.ts';
import { ComposerTools } from './ComposerTools.tsx';
import { NO_DRAFT, type Draft } from './drafts.ts';
import { UploadList } from './UploadList.tsx';
import type { useUploads } from './useUploads.ts';

/** The server's limit for one message, in bytes of UTF-8. */
const MAX_BYTES = 10_000;

/** What is being written: a new message, an answer to one, or another text for one. */
export type Writing =
  | { kind: 'new' }
  | { kind: 'reply'; message: ChatMessage }
  /** `text`: what could not be saved a moment ago. */
  | { kind: 'edit'; message: ChatMessage; text?: string };

interface ComposerProps {
  /** Where there is room for it. */
  placeholder: string;
  writing: Writing;
  /** Whether private notes may be written. */
  notes: boolean;
  uploads: ReturnType<typeof useUploads>;
  /** Until then (of Date.now()) nothing goes: slow mode. */
  waitUntil?: number;
  /** What is offered while one writes. */
  suggestions?: SuggestionSource | undefined;
  /** What was being written when the conversation was last open. */
  draft?: Draft;
  onDraft?: (draft: Draft) => void;
  onKeystroke?: () => void;
  onSend: (text: string, options: { private: boolean; files: readonly UnsentFile[] }) => void;
  /** Sends a voice note; without it none are recorded. Rejects when it did not go. */
  onVoice?: (recording: Recording, options: { private: boolean }) => Promise<void>;
  /** Back to a new message. */
  onCancel: () => void;
}

/** Enter sends, Shift+Enter makes a line, Escape gives up an answer or a change; on touch screens Enter makes a line. */
export function Composer(props: ComposerProps) {
  const { placeholder, writing, notes, uploads, draft = NO_DRAFT, onDraft, onKeystroke, onSend, onVoice, onCancel } = props;
  const t = useMessages();
  const [text, setText] = useState(draft.text);
  const [note, setNote] = useState(draft.note);
  const area = useRef<HTMLTextAreaElement>(null);
  const offered = useSuggestions(props.suggestions, text, note, (value, cursor) => {
    change(value);
    requestAnimationFrame(() => area.current?.setSelectionRange(cursor, cursor));
  });
  const [recorder] = useState(() => new VoiceRecorder());
  useEffect(() => () => recorder.cancel(), [recorder]);
  const speaking = useObservable(recorder.state$).status !== 'idle';
  const editing = writing.kind === 'edit';
  const narrow = useMedia(NARROW);
  const [unfolded, setUnfolded] = useState(false);
  const folded = narrow && text !== '' && !unfolded;
  const tooLong = new TextEncoder().encode(text.trim()).length > MAX_BYTES;
  const files = !editing && uploads.uploads.length > 0;
  const waits = useWait(editing ? 0 : (props.waitUntil ?? 0));
  const sendable = (text.trim() !== '' || files) && !tooLong && !waits && (!files || uploads.ready);

  const change = (value: string) => {
    setText(value);
    setUnfolded(false);
    if (!editing) onDraft?.({ text: value, note });
  };
  const turn = () => {
    setNote(!note);
    onDraft?.({ text, note: !note });
  };
  const send = () => {
    if (!sendable) return;
    onSend(text.trim(), { private: note, files: files ? uploads.take() : [] });
    change('');
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (offered.onKeyDown(event)) return;
    if (event.nativeEvent.isComposing) return; // the keys are the input method's
    if (event.key === 'Escape' && writing.kind !== 'new') {
      event.preventDefault(); // what is around the text box stays
      return onCancel();
    }
    const touch = matchMedia('(pointer: coarse)').matches;
    if (event.key !== 'Enter' || event.shiftKey || touch) return;
    event.preventDefault();
    send();
  };

  const onPaste = (event: ClipboardEvent) => {
    const pasted = [...event.clipboardData.files];
    if (editing || pasted.length === 0) return;
    event.preventDefault();
    uploads.add(pasted);
  };

  // a change begins with the old text, and gives the draft back when it is over
  const target = writing.kind === 'new' ? undefined : writing.message.key;
  const before = useRef('');
  useEffect(() => {
    if (writing.kind !== 'new') area.current?.focus();
    if (writing.kind !== 'edit') return;
    setText((now) => {
      before.current = now;
      return writing.text ?? writing.message.text;
    });
    return () => setText(before.current);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- begins anew with another message only
  }, [writing.kind, target]);

  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    const grow = () => {
      element.style.height = 'auto';
      element.style.height = `${element.scrollHeight}px`;
    };
    grow();
    // a window that becomes narrow breaks the text into more lines
    addEventListener('resize', grow);
    return () => removeEventListener('resize', grow);
  }, [text, folded]);

  return (
    <form
      className={`cf-composer ${note && !editing ? 'cf-composer--note' : ''}`}
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
      {writing.kind !== 'new' && <Target writing={writing} onCancel={onCancel} />}
      {offered.view}
      {files && <UploadList uploads={uploads.uploads} onRemove={uploads.remove} />}
      {speaking && (
        <div className="cf-composer__row">
          <VoiceBar recorder={recorder} onSend={(recording) => onVoice?.(recording, { private: note }) ?? Promise.resolve()} />
        </div>
      )}
      <div className="cf-composer__row" hidden={speaking}>
        {!editing && (
          <ComposerTools
            folded={folded}
            onUnfold={() => setUnfolded(true)}
            onFiles={(picked) => {
              uploads.add(picked);
              area.current?.focus();
            }}
            recorder={onVoice && VoiceRecorder.supported ? recorder : undefined}
            note={notes ? note : undefined}
            onNote={turn}
          />
        )}
        <textarea
          ref={area}
          rows={1}
          dir={text === '' ? undefined : 'auto'}
          value={text}
          aria-label={t.message}
          aria-invalid={tooLong}
          aria-describedby={tooLong ? 'cf-too-long' : undefined}
          placeholder={note && !editing ? (narrow ? t.privateNote : t.privateNoteHint) : narrow ? t.message : placeholder}
          enterKeyHint="send"
          autoComplete="off"
          {...offered.field}
          onSelect={(event) => offered.onCursor(event.currentTarget.selectionStart)}
          onChange={(event) => {
            change(event.target.value);
            if (!note) onKeystroke?.();
          }}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <button
          type="submit"
          className="cf-send"
          aria-label={editing ? t.save : t.send}
          title={editing ? t.save : t.send}
          disabled={!sendable}
        >
          <Icon name={editing ? 'check' : 'send'} size={20} />
        </button>
      </div>
    </form>
  );
}

/** Whether the time has not come yet. */
function useWait(until: number): boolean {
  const [, again] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => again(until), Math.max(0, until - Date.now()));
    return () => clearTimeout(timer);
  }, [until]);
  return until > Date.now();
}

/** Which message is answered or changed. */
function Target({ writing, onCancel }: { writing: Exclude<Writing, { kind: 'new' }>; onCancel: () => void }) {
  const t = useMessages();
  const { message, kind } = writing;
  return (
    <div className="cf-target">
      <Icon name={kind === 'edit' ? 'edit' : 'reply'} size={18} />
      <p className="cf-target__what">
        <strong>{kind === 'edit' ? t.editing : t.replyTo(message.user.name)}</strong>
        <span dir="auto">{message.deleted ? t.messageDeleted : message.text}</span>
      </p>
      <IconButton icon="close" label={t.cancel} onClick={onCancel} />
    </div>
  );
}
