// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo } from 'react';
import { useMessages } from '../context.tsx';
import { duration } from '../format.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { Icon } from '../ui/Icon.tsx';
import { barsOf } from './bars.ts';
import { VoicePlayback, type VoiceNoteProps } from './playback.ts';

/** Play and pause, its shape, and a slider over it: arrows move by seconds. */
export function VoiceNote({ load, durationMs, waveform, url }: VoiceNoteProps) {
  const messages = useMessages();
  const t = messages.voice;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- one note, one playback
  const playback = useMemo(() => new VoicePlayback(load, durationMs), [url, durationMs]);
  useEffect(() => () => playback.end(), [playback]);
  const { status, position } = useObservable(playback.state$);
  const whole = duration(durationMs, messages);
  const now = duration(position, messages);
  if (status === 'failed')
    return (
      <p className="cf-voice__failed">
        {t.cannotPlay} {url && <a href={url} download>{t.save}</a>}
      </p>
    );
  return (
    <div className="cf-voice" role="group" aria-label={t.note(whole)}>
      <button
        type="button"
        className="cf-voice__play"
        aria-label={status === 'playing' ? t.pause : t.play}
        title={status === 'playing' ? t.pause : t.play}
        aria-busy={status === 'loading'}
        onClick={() => playback.toggle()}
      >
        <Icon name={status === 'playing' ? 'pause' : 'play'} size={20} />
      </button>
      <span className="cf-voice__track">
        <span className="cf-voice__bars" aria-hidden="true">
          {barsOf(waveform, position / durationMs).map(({ height, heard }, i) => (
            <span key={i} className={`cf-voice__bar ${heard ? 'cf-voice__bar--heard' : ''}`} style={{ height: `${height}%` }} />
          ))}
        </span>
        <input
          type="range"
          className="cf-voice__slider"
          aria-label={t.position}
          aria-valuetext={t.positionOf(now, whole)}
          min={0}
          max={durationMs}
          step={1000}
          value={Math.round(position)}
          onChange={(event) => playback.seek(Number(event.target.value))}
        />
      </span>
      <span className="cf-voice__time">{position > 0 ? now : whole}</span>
    </div>
  );
}
