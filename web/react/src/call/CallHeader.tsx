// SPDX-License-Identifier: Apache-2.0
import type { Participant } from '@confab/client';
import { useMessages } from '../context.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { CallTimer } from './CallTimer.tsx';
import type { Layout } from './layout.ts';
import type { MiniHandlers } from './useMini.ts';
import { useFullScreen } from './useFullScreen.ts';
import type { Picture } from './usePicture.ts';

interface CallHeaderProps {
  title: string;
  /** When the call began; undefined until one is in it. */
  since: number | undefined;
  /** One shares one's own screen. */
  sharing: boolean;
  participants: readonly Participant[];
  mini: boolean;
  onMini: (mini: boolean) => void;
  move: MiniHandlers;
  layout: Layout;
  onLayout: (layout: Layout) => void;
  picture: Picture;
}

/** Whom the call is with, for how long, who presents; and how large it is shown. */
export function CallHeader({ title, since, sharing, participants, mini, onMini, move, layout, onLayout, picture }: CallHeaderProps) {
  const t = useMessages();
  const others = participants.filter((participant) => !participant.isLocal);
  const presenters = others.filter((participant) => participant.screenShareTrack);
  const fullScreen = useFullScreen();
  const choice = others.length > 1 && presenters.length === 0;
  return (
    <div className="cf-call__top" onPointerDown={move.onPointerDown}>
      <span className="cf-call__title">
        <bdi>{title}</bdi>
      </span>
      {since !== undefined && <CallTimer since={since} />}
      {(sharing || presenters.length > 0) && !mini && (
        <p className="cf-call__banner" role="status">
          <Icon name="screen" size={18} />
          {sharing ? t.youAreSharing : t.isPresenting(presenters.map((participant) => participant.name))}
        </p>
      )}
      {since !== undefined && (
        <span className="cf-call__views">
          {choice && !mini && (
            <IconButton
              icon={layout === 'grid' ? 'speaker' : 'grid'}
              label={layout === 'grid' ? t.layoutSpeaker : t.layoutGrid}
              onClick={() => onLayout(layout === 'grid' ? 'speaker' : 'grid')}
            />
          )}
          {!mini && fullScreen.toggle && (
            <IconButton icon="fullScreen" label={fullScreen.on ? t.fullScreenEnd : t.fullScreen} onClick={fullScreen.toggle} />
          )}
          {picture.toggle && !mini && (
            <IconButton icon="picture" label={picture.open ? t.pictureClose : t.pictureOpen} onClick={picture.toggle} />
          )}
          {mini && <IconButton icon="move" label={t.moveWindow} aria-description={t.moveWindowHint} onKeyDown={move.onKeyDown} />}
          <IconButton icon={mini ? 'enlarge' : 'shrink'} label={mini ? t.enlargeCall : t.shrinkCall} onClick={() => onMini(!mini)} />
        </span>
      )}
    </div>
  );
}
