// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { useEffect, useRef, type ReactNode } from 'react';
import { DeviceButton } from '../call/DeviceButton.tsx';
import { DeviceNotices } from '../call/DeviceNotices.tsx';
import { FlipButton } from '../call/FlipButton.tsx';
import { VideoView } from '../call/VideoView.tsx';
import { useMessages } from '../context.tsx';
import { useConnectedUser } from '../hooks/useCalls.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { playChime } from '../sound/chime.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { LineCheck } from './LineCheck.tsx';
import { DevicePicker } from './DevicePicker.tsx';
import { MicLevel } from './MicLevel.tsx';

export interface LobbyProps {
  /** Not joined yet. What is chosen here holds in the call; what is open is taken over. */
  call: Call;
  onJoin: () => void;
  onCancel?: () => void;
  /** Default: "Ready to join?" */
  title?: ReactNode;
  /** What joining does, or who is there. */
  hint?: ReactNode;
}

/** Before the call: how one looks, whether one is heard and hears, and with which devices. Joining without a camera is fine. */
export function Lobby({ call, onJoin, onCancel, title, hint }: LobbyProps) {
  const t = useMessages();
  const sound = useObservable(call.microphone.state.track$);
  const microphone = useObservable(call.microphone.state.optimisticStatus$) !== 'disabled';
  const camera = useObservable(call.camera.state.optimisticStatus$) === 'enabled';

  const here = useRef(false);
  useEffect(() => {
    here.current = true;
    call.startPreview();
    return () => {
      here.current = false;
      // whoever joins now takes over what is open; the turn after, nobody does
      setTimeout(() => here.current || call.stopPreview(), 0);
    };
  }, [call]);

  return (
    <section className="cf-lobby" aria-labelledby="cf-lobby-title">
      <header className="cf-lobby__head">
        <h2 className="cf-lobby__title" id="cf-lobby-title">
          {title ?? t.lobbyTitle}
        </h2>
        {hint && <p className="cf-lobby__hint">{hint}</p>}
      </header>
      <Preview call={call} />
      <div className="cf-lobby__side">
        <DeviceNotices call={call} />
        <LineCheck />
        <DevicePicker manager={call.camera} label={t.camera} />
        <DevicePicker manager={call.microphone} label={t.microphone}>
          <MicLevel track={sound} />
          <p className="cf-picker__hint">{microphone ? t.micHint : t.micSilent}</p>
        </DevicePicker>
        <DevicePicker manager={call.speaker} label={t.speaker} />
        <button type="button" className="cf-button cf-button--small cf-button--quiet cf-lobby__sound" onClick={() => playChime(call.speaker)}>
          <Icon name="sound" size={18} /> {t.testSpeaker}
        </button>
        <div className="cf-lobby__actions">
          {onCancel && (
            <button type="button" className="cf-button cf-button--quiet" onClick={onCancel}>
              {t.cancel}
            </button>
          )}
          {camera && (
            <button
              type="button"
              className="cf-button cf-button--quiet"
              onClick={() => {
                void call.camera.disable({ remember: false });
                onJoin();
              }}
            >
              {t.withoutCamera}
            </button>
          )}
          <button type="button" className="cf-button" onClick={onJoin}>
            {t.joinNow}
          </button>
        </div>
      </div>
    </section>
  );
}

/** Oneself, as in a mirror, and the two switches. */
function Preview({ call }: { call: Call }) {
  const t = useMessages();
  const me = useConnectedUser();
  const camera = useObservable(call.camera.state.optimisticStatus$) === 'enabled';
  const picture = useObservable(call.camera.state.track$);
  const direction = useObservable(call.camera.state.direction$);
  return (
    <div className="cf-lobby__preview cf-tile" role="group" aria-label={t.preview}>
      <span className="cf-tile__avatar">{me && <Avatar user={me} size="huge" />}</span>
      <VideoView track={picture} mirrored={direction !== 'back'} />
      {!camera && <p className="cf-lobby__off">{t.cameraIsOff}</p>}
      <div className="cf-lobby__buttons">
        <DeviceButton call={call} kind="microphone" />
        <DeviceButton call={call} kind="camera" />
        <FlipButton call={call} />
      </div>
    </div>
  );
}
