// SPDX-License-Identifier: Apache-2.0
import { CallingState, type Call, type UserObject } from '@confab/client';
import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useThere } from '../calls/useThere.ts';
import { useMessages, useVideoClient } from '../context.tsx';
import { useModal } from '../hooks/useModal.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { useTone } from '../sound/useTone.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { ringView } from './ringTexts.ts';

export interface OutgoingCallProps {
  /** Ringing: after `call.getOrCreate({ring: true})`. It joins by itself when somebody accepts. */
  call: Call;
  /** Who is called. */
  peer: Pick<UserObject, 'id' | 'name' | 'image'>;
  /** Somebody accepted: show the call. */
  onJoined: () => void;
  onClose: () => void;
  /** Offered when nobody came: to leave a message. Not without it. */
  onWrite?: (() => void) | undefined;
}

/** The caller's ring screen: cancel while it rings; afterwards how it ended, and call again. */
export function OutgoingCall({ call, peer, onJoined, onClose, onWrite }: OutgoingCallProps) {
  const t = useMessages();
  const client = useVideoClient();
  const state = useObservable(call.state.callingState$);
  const ring = useObservable(call.state.ring$);
  const me = useObservable(client.state.connectedUser$)?.id;
  const { ringing, result } = ringView(ring, me, peer.name, t, useThere(call));
  const dialog = useRef<HTMLDivElement>(null);
  useModal(dialog);
  useTone(ringing ? 'outgoing' : undefined);

  useEffect(() => {
    if (state === CallingState.JOINING || state === CallingState.JOINED) onJoined();
  }, [state, onJoined]);

  const close = () => {
    void call.leave({ reject: true });
    onClose();
  };
  if (typeof document === 'undefined') return null; // rendered on a server
  return createPortal(
    <div
      ref={dialog}
      className="cf-call cf-outgoing"
      role="dialog"
      aria-modal="true"
      aria-label={t.outgoingCall}
      tabIndex={-1}
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <div className="cf-waiting">
        <span className={`cf-waiting__avatar ${ringing ? 'cf-waiting__avatar--pulse' : ''}`}>
          <Avatar user={peer} size="huge" />
        </span>
        <p className="cf-waiting__title" role="status">
          {result ?? t.calling(peer.name)}
        </p>
        <div className="cf-waiting__buttons">
          {ringing || !result ? (
            <button type="button" className="cf-button cf-button--decline" onClick={close}>
              <Icon name="hangUp" size={20} /> {t.cancel}
            </button>
          ) : (
            <>
              <button type="button" className="cf-button" onClick={() => void call.ring().catch(onClose)}>
                {t.callAgain}
              </button>
              {onWrite && (
                <button
                  type="button"
                  className="cf-button cf-button--quiet"
                  onClick={() => {
                    close();
                    onWrite();
                  }}
                >
                  {t.leaveMessage}
                </button>
              )}
              <button type="button" className="cf-button cf-button--quiet" onClick={close}>
                {t.close}
              </button>
            </>
          )}
        </div>
      </div>
    </div>,
    document.body,
  );
}
