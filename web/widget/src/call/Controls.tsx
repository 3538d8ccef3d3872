/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { screenShareAvailable, type Call, type Participant } from '@confab/client';
import { useRef } from 'preact/hooks';
import { IconButton } from '../ui/Icon.tsx';
import { useObservable } from '../ui/context.ts';
import { DeviceButtons, useMay } from './DeviceButtons.tsx';
import { Devices } from './Devices.tsx';
import type { Saving } from './saving.ts';
import { pip, screen, screenOff } from './icons.ts';
import { useCallTexts } from './texts.ts';

interface ControlsProps {
  call: Call;
  participants: readonly Participant[];
  saving: Saving;
  onLeave: () => void;
}

/** The buttons are there for what the call allows; errors are told by Problems. */
export function Controls({ call, participants, saving, onLeave }: ControlsProps) {
  const { t } = useCallTexts();
  const sharing = useObservable(call.screenShare.state.optimisticStatus$) === 'enabled';
  const bar = useRef<HTMLDivElement>(null);
  const may = useMay(call);
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
      <DeviceButtons call={call} />
      {screenShareAvailable() && may('screenshare') && (
        <IconButton
          icon={sharing ? screenOff : screen}
          label={sharing ? t.stopSharing : t.shareScreen}
          class={sharing ? 'is-off' : ''}
          onClick={() => quiet(call.screenShare.toggle())}
        />
      )}
      {document.pictureInPictureEnabled && others && <IconButton icon={pip} label={t.pip} onClick={popOut} />}
      <Devices call={call} saving={saving} />
      <IconButton icon="hangUp" label={t.leaveCall} class="is-danger" onClick={onLeave} />
    </div>
  );
}
