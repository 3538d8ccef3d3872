/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { screenShareAvailable, type Call, type Capability, type Participant } from '@confab/client';
import { useRef } from 'preact/hooks';
import { IconButton } from '../ui/Icon.tsx';
import { useAround, useObservable } from '../ui/context.ts';

/** The buttons show what was asked for at once, and are there for what the call allows; errors are told by Problems. */
export function Controls({ call, participants, onLeave }: { call: Call; participants: readonly Participant[]; onLeave: () => void }) {
  const { t } = useAround();
  const microphone = useObservable(call.microphone.state.optimisticStatus$) === 'enabled';
  const camera = useObservable(call.camera.state.optimisticStatus$) === 'enabled';
  const screen = useObservable(call.screenShare.state.optimisticStatus$) === 'enabled';
  const own = useObservable(call.state.ownCapabilities$);
  const bar = useRef<HTMLDivElement>(null);
  const may = (capability: Capability) => own.length === 0 || own.includes(capability); // not known yet: as if
  const phone = matchMedia('(pointer: coarse)').matches;
  const others = participants.some((participant) => !participant.isLocal && (participant.videoTrack ?? participant.screenShareTrack));
  const quiet = (what: Promise<unknown>): void => void what.catch(() => {});

  /** The large picture of the others, as the browser's own little window over all others. */
  const popOut = () => {
    const root = bar.current?.closest('.call');
    const video = root?.querySelector<HTMLVideoElement>('.is-screen video') ?? root?.querySelector<HTMLVideoElement>('.tiles video:not(.is-off)');
    if (document.pictureInPictureElement) quiet(document.exitPictureInPicture());
    else if (video) quiet(video.requestPictureInPicture());
  };
  return (
    <div class="controls" role="group" ref={bar}>
      {may('send-audio') && (
        <IconButton icon={microphone ? 'mic' : 'micOff'} label={microphone ? t.mute : t.unmute} class={microphone ? '' : 'is-off'} onClick={() => quiet(call.microphone.toggle())} />
      )}
      {may('send-video') && (
        <IconButton icon={camera ? 'camera' : 'cameraOff'} label={camera ? t.cameraOff : t.cameraOn} class={camera ? '' : 'is-off'} onClick={() => quiet(call.camera.toggle())} />
      )}
      {may('send-video') && camera && phone && <IconButton icon="flip" label={t.flip} onClick={() => quiet(call.camera.flip())} />}
      {screenShareAvailable() && may('screenshare') && (
        <IconButton
          icon={screen ? 'screenOff' : 'screen'}
          label={screen ? t.stopSharing : t.shareScreen}
          class={screen ? 'is-off' : ''}
          onClick={() => quiet(call.screenShare.toggle())}
        />
      )}
      {document.pictureInPictureEnabled && others && <IconButton icon="pip" label={t.pip} onClick={popOut} />}
      <IconButton icon="hangUp" label={t.leaveCall} class="is-danger" onClick={onLeave} />
    </div>
  );
}
