/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import type { Call, Participant } from '@confab/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../ui/Icon.tsx';
import { useAround } from '../ui/context.ts';

/** Everybody in the call: a shared screen takes the room, else the others do; oneself small in a corner. */
export function Stage({ call, participants }: { call: Call; participants: readonly Participant[] }) {
  const { t } = useAround();
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
          <div key={participant.sessionId} class={`tile ${participant.isSpeaking ? 'is-speaking' : ''}`} role="region" aria-label={participant.name}>
            <Picture track={participant.videoTrack} />
            <p class="plate">
              {participant.isMuted && (
                <span role="img" aria-label={t.muted}>
                  <Icon name="micOff" size={16} />
                </span>
              )}
              {participant.name}
            </p>
          </div>
        ))}
      </div>
      {me && (
        <div class={`self ${others.length === 0 ? 'is-alone' : ''}`} role="region" aria-label={t.you}>
          <Picture track={me.videoTrack} mirrored={call.camera.state.direction !== 'back'} />
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

function Picture({ track, mirrored = false }: { track: MediaStreamTrack | undefined; mirrored?: boolean }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = track ? new MediaStream([track]) : null;
    if (track) element.play().catch(() => {}); // autoplay does it as well; here only for browsers that paused it
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  return <video ref={video} class={`${mirrored ? 'is-mirrored' : ''} ${track ? '' : 'is-off'}`} autoPlay playsInline muted />;
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
