// SPDX-License-Identifier: Apache-2.0
import { screenShareAvailable, type Call, type Capability } from '@confab/client';
import type { ReactNode } from 'react';
import { useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { AskPermission } from './AskPermission.tsx';
import { DeviceButton } from './DeviceButton.tsx';
import { DevicesPanel } from './DevicesPanel.tsx';
import type { Handover } from '../handover/useHandover.ts';
import type { Saving } from './useSaving.ts';
import { ReactionsMenu } from './ReactionsMenu.tsx';

interface CallControlsProps {
  call: Call;
  saving: Saving;
  handover: Handover;
  onLeave: () => void;
  /** More buttons, of what is around the call. */
  children?: ReactNode;
}

/** The buttons show what was asked for at once, and are there for what the call allows; errors are told by DeviceNotices. */
export function CallControls({ call, saving, handover, onLeave, children }: CallControlsProps) {
  const t = useMessages();
  const screen = useObservable(call.screenShare.state.optimisticStatus$) === 'enabled';
  const own = useObservable(call.state.ownCapabilities$);
  const may = (capability: Capability) => own.length === 0 || own.includes(capability); // not known yet: as if
  return (
    <div className="cf-controls" role="group" aria-label={t.callControls}>
      {may('send-audio') && <DeviceButton call={call} kind="microphone" />}
      {may('send-video') && <DeviceButton call={call} kind="camera" />}
      {screenShareAvailable() && may('screenshare') && (
        <IconButton
          icon={screen ? 'screenOff' : 'screen'}
          label={screen ? t.stopSharing : t.shareScreen}
          look={screen ? 'callOff' : 'call'}
          onClick={() => void call.screenShare.toggle().catch(() => {})}
        />
      )}
      <AskPermission call={call} />
      <ReactionsMenu call={call} />
      <DevicesPanel call={call} saving={saving} handover={handover} />
      {children}
      <span className="cf-controls__gap" />
      <IconButton icon="hangUp" label={t.leaveCall} look="danger" onClick={onLeave} />
    </div>
  );
}
