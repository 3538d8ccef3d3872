/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { duration } from '@confab/react/plain';
import type { Recording, VoiceRecorder } from '@confab/react/voice';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, IconButton } from '../ui/Icon.tsx';
import { useAround, useObservable } from '../ui/context.ts';
import { VoiceNote } from './VoiceNote.tsx';

interface VoiceBarProps {
  recorder: VoiceRecorder;
  /** Rejects when it could not be sent: it stays here then. */
  onSend: (recording: Recording) => Promise<void>;
}

/** In place of the text box: how loud it is and how long already; then the note to be heard before it is sent. */
export function VoiceBar({ recorder, onSend }: VoiceBarProps) {
  const { t } = useAround();
  const { status, ms, level, recording } = useObservable(recorder.state$);
  const [sending, setSending] = useState(false);
  const main = useRef<HTMLButtonElement>(null);
  useEffect(() => main.current?.focus(), [status]);
  const send = () => {
    if (!recording) return recorder.stop();
    setSending(true);
    void onSend(recording).then(() => recorder.cancel(), () => setSending(false));
  };
  const label = recording ? t.voice.send : t.voice.stop;
  return (
    <div
      class="cf-voicebar"
      role="group"
      aria-label={t.voice.record}
      onKeyDown={(event) => event.key === 'Escape' && (event.preventDefault(), event.stopPropagation(), recorder.cancel())}
    >
      <IconButton icon="trash" label={t.voice.discard} onClick={() => recorder.cancel()} />
      {recording ? (
        <VoiceNote load={() => recording.sound.arrayBuffer()} durationMs={recording.durationMs} waveform={recording.waveform} />
      ) : (
        <p class="cf-voicebar__state">
          <span class="cf-voicebar__dot" aria-hidden="true" />
          <span role="status">{status === 'asking' ? t.voice.asking : t.voice.recording}</span>
          <span class="cf-voicebar__time">{duration(ms, t)}</span>
          <span class="cf-voicebar__level" aria-hidden="true">
            <span style={{ transform: `scaleX(${level})` }} />
          </span>
        </p>
      )}
      <button ref={main} type="button" class="iconbutton send" aria-label={label} title={label} disabled={sending} onClick={send}>
        <Icon name={recording ? 'send' : 'check'} size={20} />
      </button>
    </div>
  );
}
