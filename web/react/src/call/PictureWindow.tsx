// SPDX-License-Identifier: Apache-2.0
import type { Call, Participant } from '@confab/client';
import { createPortal } from 'react-dom';
import { useMessages } from '../context.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { DeviceButton } from './DeviceButton.tsx';
import { useFeatured } from './featured.ts';
import { VideoView } from './VideoView.tsx';

interface PictureWindowProps {
  call: Call;
  /** From openPicture; the sound goes on in the page. */
  picture: Window;
  participants: readonly Participant[];
  onLeave: () => void;
}

/** The call in a window above all others: the screen that is shared, else who speaks, and the three buttons one needs. */
export function PictureWindow({ call, picture, participants, onLeave }: PictureWindowProps) {
  const t = useMessages();
  const others = participants.filter((participant) => !participant.isLocal);
  const speaker = useFeatured(others);
  const shown = others.find((participant) => participant.screenShareTrack) ?? speaker;
  return createPortal(
    <main className="cf-call cf-picture" aria-label={t.videoCall}>
      <div className="cf-tile cf-picture__tile">
        {shown && (
          <span className="cf-tile__avatar">
            <Avatar user={{ id: shown.userId, name: shown.name }} size="huge" />
          </span>
        )}
        <VideoView track={shown?.screenShareTrack ?? shown?.videoTrack} fit={shown?.screenShareTrack ? 'contain' : 'cover'} />
        {shown && (
          <span className="cf-tile__plate">
            <span className="cf-tile__name">
              <bdi>{shown.screenShareTrack ? t.screenOf(shown.name) : shown.name}</bdi>
            </span>
          </span>
        )}
      </div>
      <div className="cf-controls" role="group" aria-label={t.callControls}>
        <DeviceButton call={call} kind="microphone" />
        <DeviceButton call={call} kind="camera" />
        <IconButton icon="hangUp" label={t.leaveCall} look="danger" onClick={onLeave} />
      </div>
    </main>,
    picture.document.body,
  );
}
