// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import type { ReactNode } from 'react';
import { useMessages } from '../context.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { IconButton } from '../ui/IconButton.tsx';

interface ConversationHeaderProps {
  person: Pick<UserObject, 'id' | 'name' | 'image'>;
  subtitle: string;
  online: boolean;
  /** More buttons, before those of the call. */
  actions?: ReactNode;
  onBack?: (() => void) | undefined;
  onCall: () => void;
  /** Shows camera and microphone before the call. */
  onCheck: () => void;
  /** The person is about to press the button: a good moment to get things ready. */
  onCallIntent: () => void;
}

export function ConversationHeader({ person, subtitle, online, actions, onBack, onCall, onCheck, onCallIntent }: ConversationHeaderProps) {
  const t = useMessages();
  return (
    <header className="cf-header">
      {onBack && (
        <span className="cf-header__back">
          <IconButton icon="back" label={t.back} onClick={onBack} />
        </span>
      )}
      <Avatar user={person} />
      <div className="cf-header__who">
        <h1 className="cf-header__name" dir="auto">
          {person.name}
        </h1>
        <p className="cf-header__sub">
          {online && <span className="cf-dot" />}
          {subtitle}
        </p>
      </div>
      {actions}
      <IconButton icon="settings" label={t.checkDevices} onClick={onCheck} />
      <IconButton
        icon="camera"
        label={t.startVideoCall}
        look="accent"
        data-modal-return=""
        onClick={onCall}
        onPointerEnter={onCallIntent}
        onFocus={onCallIntent}
      />
    </header>
  );
}
