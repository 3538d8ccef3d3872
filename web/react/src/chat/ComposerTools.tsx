// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'react';
import { useMessages } from '../context.tsx';
import { Icon } from '../ui/Icon.tsx';
import { VoiceButton } from '../voice/VoiceButton.tsx';
import type { VoiceRecorder } from '../voice/recorder.ts';

interface ComposerToolsProps {
  /** One button in the place of all: on a phone the words need the room. */
  folded: boolean;
  /** The one button was pressed. */
  onUnfold: () => void;
  onFiles: (files: Iterable<File>) => void;
  /** Without it no voice notes are recorded. */
  recorder: VoiceRecorder | undefined;
  /** Whether it is a private note; undefined: none can be written. */
  note: boolean | undefined;
  onNote: () => void;
}

/** What goes into a message besides words: files, a voice note; and whether it is a note of the team. */
export function ComposerTools({ folded, onUnfold, onFiles, recorder, note, onNote }: ComposerToolsProps) {
  const t = useMessages();
  const clip = useRef<HTMLButtonElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const pressed = useRef(false);
  useEffect(() => {
    if (!folded && pressed.current) clip.current?.focus(); // the button that was pressed is gone
    pressed.current = false;
  }, [folded]);
  return (
    <>
      {folded && (
        <button
          type="button"
          className="cf-notetoggle"
          aria-expanded={false}
          aria-label={t.addToMessage}
          title={t.addToMessage}
          onClick={() => {
            pressed.current = true;
            onUnfold();
          }}
        >
          <Icon name="plus" size={20} />
        </button>
      )}
      <span className="cf-composer__tools" hidden={folded}>
        <button
          ref={clip}
          type="button"
          className="cf-notetoggle"
          aria-label={t.attach}
          title={t.attach}
          onClick={() => picker.current?.click()}
        >
          <Icon name="clip" size={20} />
        </button>
        {recorder && <VoiceButton recorder={recorder} />}
        {note !== undefined && (
          <button
            type="button"
            className="cf-notetoggle"
            aria-pressed={note}
            aria-label={t.writeNote}
            title={t.writeNote}
            onClick={onNote}
          >
            <Icon name="lock" size={20} />
          </button>
        )}
      </span>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label={t.attach}
        onChange={(event) => {
          onFiles(event.target.files ?? []);
          event.target.value = '';
        }}
      />
    </>
  );
}
