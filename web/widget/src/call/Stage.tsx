/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import type { Call, Participant } from '@confab/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../ui/Icon.tsx';
import { Quality } from './Bars.tsx';
import { Face } from './Face.tsx';
import { Picture } from './Picture.tsx';
import { Tile } from './Tile.tsx';
import { micOff } from './icons.ts';
import { useCallTexts } from './texts.ts';

/** Everybody in the call: a shared screen takes the room, else the others do; oneself small in a corner. */
export function Stage({ call, participants }: { call: Call; participants: readonly Participant[] }) {
  const { t } = useCallTexts();
  const [blocked, setBlocked] = useState<readonly (() => void)[]>([]);
  const me = participants.find((participant) => participant.isLocal);
  const others = participants.filter((participant) => !participant.isLocal);
  const screen = others.find((participant) => participant.screenShareTrack);
  const sounds = others.flatMap((p) => [p.audioTrack, p.screenShareAudioTrack]).filter((track) => track !== undefined);
  return (
    <div class={`stage ${screen ? 'has-screen' : ''}`}>
      {screen && (
        <div class="tile is-screen" role="region" aria-label={t.screenOf(screen.name)}>
          <Picture track={screen.screenShareTrack} />
        </div>
      )}
      <div class="tiles" data-count={Math.min(others.length, 9)}>
        {others.map((participant) => (
          <Tile key={participant.sessionId} participant={participant} />
        ))}
      </div>
      {me && (
        <div class={`self ${others.length === 0 ? 'is-alone' : ''}`} role="region" aria-label={t.you}>
          {others.length > 0 && <Face id={me.userId} name={me.name} />}
          <Picture track={me.videoTrack} mirrored={call.camera.state.direction !== 'back'} />
          {others.length > 0 && <OwnMarks me={me} />}
        </div>
      )}
      {sounds.map((track) => (
        <Sound key={track.id} call={call} track={track} onBlocked={(play) => setBlocked((list) => [...list, play])} />
      ))}
      {blocked.length > 0 && (
        <button
          type="button"
          class="button sound"
          onClick={() => {
            for (const play of blocked) play();
            setBlocked([]);
          }}
        >
          {t.soundBlocked}
        </button>
      )}
    </div>
  );
}

/** How well one is connected oneself, and that one is muted. */
function OwnMarks({ me }: { me: Participant }) {
  const { t } = useCallTexts();
  return (
    <p class="plate">
      {me.isMuted && (
        <span role="img" aria-label={t.muted}>
          <Icon name={micOff} size={16} />
        </span>
      )}
      <Quality quality={me.connectionQuality} />
    </p>
  );
}

/** Plays one track; tells when the browser refuses to until the person does something. */
function Sound({ call, track, onBlocked }: { call: Call; track: MediaStreamTrack; onBlocked: (play: () => void) => void }) {
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const element = audio.current;
    if (!element) return;
    element.srcObject = new MediaStream([track]);
    const release = call.speaker.bind(element);
    const play = () =>
      void element.play().catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'NotAllowedError') onBlocked(play);
      });
    play();
    return () => {
      release();
      element.srcObject = null;
    };
  }, [track, call]);
  return <audio ref={audio} autoPlay />;
}
