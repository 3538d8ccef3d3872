// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'react';
import { useMessages } from '../context.tsx';
import { duration } from '../format.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import type { Recording, VoiceRecorder } from './recorder.ts';
import { VoiceNote } from './VoiceNote.tsx';

interface VoiceBarProps {
  recorder: VoiceRecorder;
  /** Rejects when it could not be sent: it stays here then. */
  onSend: (recording: Recording) => Promise<void>;
}

/** In place of the text box: how loud it is and how long already; then the note to be heard before it is sent. */
export function VoiceBar({ recorder, onSend }: VoiceBarProps) {
  const messages = useMessages();
  const t = messages.voice;
  const { status, ms, level, recording } = useObservable(recorder.state$);
  const [sending, setSending] = useState(false);
  const main = useRef<HTMLButtonElement>(null);
  useEffect(() => main.current?.focus(), [status]);
  const send = () => {
    if (!recording) return;
    setSending(true);
    void onSend(recording).then(() => recorder.cancel(), () => setSending(false));
  };
  return (
    <div
      className="cf-voicebar"
      role="group"
      aria-label={t.record}
      onKeyDown={(event) => event.key === 'Escape' && (event.stopPropagation(), recorder.cancel())}
    >
      <IconButton icon="trash" label={t.discard} onClick={() => recorder.cancel()} />
      {recording ? (
        <VoiceNote load={() => recording.sound.arrayBuffer()} durationMs={recording.durationMs} waveform={recording.waveform} />
      ) : (
        <p className="cf-voicebar__state">
          <span className="cf-voicebar__dot" aria-hidden="true" />
          <span role="status">{status === 'asking' ? t.asking : t.recording}</span>
          <span className="cf-voicebar__time">{duration(ms, messages)}</span>
          <span className="cf-voicebar__level" aria-hidden="true">
            <span style={{ transform: `scaleX(${level})` }} />
          </span>
        </p>
      )}
      {recording ? (
        <button ref={main} type="button" className="cf-send" aria-label={t.send} title={t.send} disabled={sending} onClick={send}>
          <Icon name="send" size={20} />
        </button>
      ) : (
        <button ref={main} type="button" className="cf-send" aria-label={t.stop} title={t.stop} onClick={() => recorder.stop()}>
          <Icon name="check" size={20} />
        </button>
      )}
    </div>
  );
}
