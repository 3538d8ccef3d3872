// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { useState } from 'react';
import { createPortal } from 'react-dom';
import { useMessages } from '../context.tsx';
import { useTone } from '../sound/useTone.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';

export interface IncomingCallProps {
  from: Pick<UserObject, 'id' | 'name' | 'image'>;
  /** The group that is called. */
  group?: string | undefined;
  /** With whom the call goes on, into which a colleague asks one. */
  about?: string | undefined;
  /** A call with pictures; the default. */
  video?: boolean;
  onAccept: () => void;
  onDecline: () => void;
  /** Answers with the camera off. Not offered without it. */
  onAcceptAudio?: () => void;
  /** Declines, and says why in the conversation. Not offered without it. */
  onWrite?: (text: string) => void;
}

/**
 * Somebody is calling, with sound. Not modal and without taking the focus: who is writing a message must not answer with
 * the next key. Escape inside it declines. It stands above a call that one is in.
 */
export function IncomingCall({ from, group, about, video = true, onAccept, onDecline, onAcceptAudio, onWrite }: IncomingCallProps) {
  const t = useMessages();
  const [answered, setAnswered] = useState(false);
  const [writing, setWriting] = useState(false);
  useTone(answered ? undefined : 'incoming');
  const answer = (how: () => void) => () => {
    setAnswered(true);
    how();
  };
  const kind = video ? t.videoCall : t.voiceCall;
  if (typeof document === 'undefined') return null; // rendered on a server
  return createPortal(
    <div
      className="cf-incoming"
      data-above=""
      role="dialog"
      aria-label={t.incomingCall}
      onKeyDown={(event) => event.key === 'Escape' && answer(onDecline)()}
    >
      <div className="cf-incoming__who">
        <span className="cf-incoming__avatar">
          <Avatar user={from} size="large" />
        </span>
        <div role="alert">
          <p className="cf-incoming__title">
            {about === undefined ? t.isCalling(from.name, group) : t.call.asksIn(from.name, about)}
          </p>
          <p className="cf-incoming__kind">
            <Icon name={video ? 'camera' : 'mic'} size={16} /> {kind}
          </p>
        </div>
      </div>
      <div className="cf-incoming__buttons">
        <button type="button" className="cf-button cf-button--decline" disabled={answered} onClick={answer(onDecline)}>
          <Icon name="hangUp" size={20} /> {t.decline}
        </button>
        <button type="button" className="cf-button cf-button--accept" disabled={answered} onClick={answer(onAccept)}>
          <Icon name={video ? 'camera' : 'mic'} size={20} /> {t.accept}
        </button>
        {onWrite && (
          <button
            type="button"
            className="cf-button cf-button--small cf-button--quiet"
            disabled={answered}
            aria-expanded={writing}
            onClick={() => setWriting(!writing)}
          >
            <Icon name="chat" size={18} /> {t.writeInstead}
          </button>
        )}
        {video && onAcceptAudio && (
          <button type="button" className="cf-button cf-button--small cf-button--quiet" disabled={answered} onClick={answer(onAcceptAudio)}>
            <Icon name="cameraOff" size={18} /> {t.withoutCamera}
          </button>
        )}
      </div>
      {writing && onWrite && (
        <div className="cf-incoming__texts" role="group" aria-label={t.writeInstead}>
          {t.quickReplies.map((text) => (
            <button key={text} type="button" className="cf-menu__item" disabled={answered} onClick={answer(() => onWrite(text))}>
              {text}
            </button>
          ))}
        </div>
      )}
    </div>,
    document.body,
  );
}
