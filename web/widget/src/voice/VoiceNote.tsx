/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { duration } from '@confab/react/plain';
import { barsOf, VoicePlayback, type VoiceNoteProps } from '@confab/react/voice';
import { useEffect, useMemo } from 'preact/hooks';
import { Icon } from '../ui/Icon.tsx';
import { useAround, useObservable } from '../ui/context.ts';

/** Play and pause, its shape, and a slider over it: arrows move by seconds. */
export function VoiceNote({ load, durationMs, waveform, url }: VoiceNoteProps) {
  const { t } = useAround();
  const playback = useMemo(() => new VoicePlayback(load, durationMs), [url, durationMs]); // one note, one playback
  useEffect(() => () => playback.end(), [playback]);
  const { status, position } = useObservable(playback.state$);
  const whole = duration(durationMs, t);
  const now = duration(position, t);
  if (status === 'failed') {
    return (
      <p class="cf-voice__failed">
        {t.voice.cannotPlay} {url && <a href={url} download>{t.voice.save}</a>}
      </p>
    );
  }
  const label = status === 'playing' ? t.voice.pause : t.voice.play;
  return (
    <div class="cf-voice" role="group" aria-label={t.voice.note(whole)}>
      <button type="button" class="cf-voice__play" aria-label={label} title={label} aria-busy={status === 'loading'} onClick={() => playback.toggle()}>
        <Icon name={status === 'playing' ? 'pause' : 'play'} size={20} />
      </button>
      <span class="cf-voice__track">
        <span class="cf-voice__bars" aria-hidden="true">
          {barsOf(waveform, position / durationMs).map(({ height, heard }, i) => (
            <span key={i} class={`cf-voice__bar ${heard ? 'cf-voice__bar--heard' : ''}`} style={{ height: `${height}%` }} />
          ))}
        </span>
        <input
          type="range"
          class="cf-voice__slider"
          aria-label={t.voice.position}
          aria-valuetext={t.voice.positionOf(now, whole)}
          min={0}
          max={durationMs}
          step={1000}
          value={Math.round(position)}
          onInput={(event) => playback.seek(Number(event.currentTarget.value))}
        />
      </span>
      <span class="cf-voice__time">{position > 0 ? now : whole}</span>
    </div>
  );
}
