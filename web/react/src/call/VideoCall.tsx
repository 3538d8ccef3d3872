// SPDX-License-Identifier: Apache-2.0
import { CallingState, type UserObject } from '@confab/client';
import { useEffect, useMemo, useRef } from 'react';
import { createPortal } from 'react-dom';
import { CallProvider, useMessages, useVideoClient } from '../context.tsx';
import { useJoinedCall } from '../hooks/useCall.ts';
import { useModal } from '../hooks/useModal.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { useTone } from '../sound/useTone.ts';
import { Icon } from '../ui/Icon.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { BlockedPeople } from './BlockedPeople.tsx';
import { CallControls } from './CallControls.tsx';
import { CallFailed } from './CallFailed.tsx';
import { CallStage } from './CallStage.tsx';
import { CallTimer } from './CallTimer.tsx';
import { DeviceNotices } from './DeviceNotices.tsx';
import { MutedNotice } from './MutedNotice.tsx';
import { PermissionRequests } from './PermissionRequests.tsx';
import { ringView } from './ringTexts.ts';
import { useAnnouncements } from './useAnnouncements.ts';

export interface VideoCallProps {
  callType: string;
  callId: string;
  /** Whom the call is with, to show while nobody else is in it. */
  peer: Pick<UserObject, 'id' | 'name' | 'image'>;
  /** Rings the others when the call is joined. */
  ring?: boolean;
  /** The call is over for me: take the component away. */
  onClose: () => void;
}

/** A call as a modal: joins when it appears, leaves when it goes. Needs a connected client around it. */
export function VideoCall({ callType, callId, peer, ring = false, onClose }: VideoCallProps) {
  const t = useMessages();
  const toast = useToast();
  const client = useVideoClient();
  const call = useMemo(() => client.call(callType, callId), [client, callType, callId]);
  const { error, retry } = useJoinedCall(call, ring);
  const state = useObservable(call.state.callingState$);
  const participants = useObservable(call.state.participants$);
  const joinedAt = useObservable(call.state.joinedAt$);
  const sharing = useObservable(call.screenShare.state.status$) === 'enabled';
  const me = useObservable(client.state.connectedUser$)?.id;
  const { ringing, result } = ringView(useObservable(call.state.ring$), me, peer.name, t);
  const joined = state === CallingState.JOINED;
  const note = useAnnouncements(call, participants, joined);
  const alone = participants.length < 2;
  const dialog = useRef<HTMLDivElement>(null);
  const wasIn = useRef(false);
  useModal(dialog);
  useTone(joined && ringing && alone ? 'outgoing' : undefined);

  useEffect(() => {
    if (joined && !wasIn.current) toast(t.connectedToast);
    if (state === CallingState.LEFT && wasIn.current) onClose(); // somebody else ended it for me
    wasIn.current ||= joined;
  }, [joined, state, toast, t, onClose]);

  const over = error !== undefined || state === CallingState.RECONNECTING_FAILED;
  const lost = state === CallingState.RECONNECTING || state === CallingState.OFFLINE || state === CallingState.MIGRATING;
  const waiting = { note: lost ? t.callReconnecting : (note ?? result), ringing, onRing: () => void call.ring().catch(() => {}) };
  if (typeof document === 'undefined') return null; // rendered on a server
  return createPortal(
    <CallProvider call={call}>
      <div
        ref={dialog}
        className="cf-call"
        role="dialog"
        aria-modal="true"
        aria-label={t.videoCall}
        tabIndex={-1}
        onKeyDown={(event) => event.key === 'Escape' && over && onClose()}
      >
        <header className="cf-call__top">
          <span className="cf-call__title">
            <bdi>{peer.name}</bdi>
          </span>
          {joinedAt !== undefined && <CallTimer since={joinedAt} />}
          {sharing && (
            <p className="cf-call__banner" role="status">
              <Icon name="screen" size={18} /> {t.youAreSharing}
            </p>
          )}
        </header>
        {lost && (
          <p className="cf-call__banner" role="alert">
            <Spinner label={t.callReconnecting} />
            {state === CallingState.OFFLINE ? t.callOffline : t.callReconnecting}
          </p>
        )}
        <div className="cf-call__body">
          {over ? (
            <CallFailed lost={error === undefined} error={error} onRetry={retry} onClose={onClose} />
          ) : joinedAt !== undefined ? (
            <CallStage participants={participants} peer={peer} waiting={waiting} />
          ) : (
            <div className="cf-waiting">
              <Spinner label={t.connecting} />
              <p className="cf-waiting__title">{t.connecting}</p>
            </div>
          )}
          <DeviceNotices call={call} />
          {!over && (
            <div className="cf-requests" aria-live="polite">
              <PermissionRequests call={call} />
              <BlockedPeople call={call} peer={peer} />
            </div>
          )}
          <MutedNotice call={call} />
        </div>
        {!over && <CallControls call={call} onLeave={onClose} />}
      </div>
    </CallProvider>,
    document.body,
  );
}
