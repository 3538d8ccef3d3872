// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';

interface IncomingCallProps {
  from: UserObject;
  onAccept: () => void;
  onDecline: () => void;
}

/**
 * Somebody is calling. Not modal and without taking the focus: who is writing a message must not answer with the
 * next key. Escape inside it declines.
 */
export function IncomingCall({ from, onAccept, onDecline }: IncomingCallProps) {
  const t = useMessages();
  return (
    <div
      className="cf-incoming"
      role="dialog"
      aria-label={t.incomingCall}
      onKeyDown={(event) => event.key === 'Escape' && onDecline()}
    >
      <div className="cf-incoming__who">
        <span className="cf-incoming__avatar">
          <Avatar user={from} size="large" />
        </span>
        <div role="alert">
          <p className="cf-incoming__title">{t.isCalling(from.name)}</p>
          <p className="cf-incoming__kind">{t.videoCall}</p>
        </div>
      </div>
      <div className="cf-incoming__buttons">
        <button type="button" className="cf-button cf-button--decline" onClick={onDecline}>
          <Icon name="hangUp" size={20} /> {t.decline}
        </button>
        <button type="button" className="cf-button cf-button--accept" onClick={onAccept}>
          <Icon name="camera" size={20} /> {t.accept}
        </button>
      </div>
    </div>
  );
}
