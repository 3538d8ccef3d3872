// SPDX-License-Identifier: Apache-2.0
import { CallingState, type UserObject } from '@confab/client';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { createPortal } from 'react-dom';
import { toTextBox } from '../calls/toTextBox.ts';
import { useThere } from '../calls/useThere.ts';
import { CallProvider, useMessages, useShortcuts, useVideoClient } from '../context.tsx';
import { HandoverNotice } from '../handover/HandoverNotice.tsx';
import { useHandover } from '../handover/useHandover.ts';
import { useAwake } from '../hooks/useAwake.ts';
import { useJoinedCall } from '../hooks/useCall.ts';
import { useModal } from '../hooks/useModal.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { useTone } from '../sound/useTone.ts';
import { Spinner } from '../ui/Spinner.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { AddPeople } from './AddPeople.tsx';
import { BlockedPeople } from './BlockedPeople.tsx';
import { CallControls } from './CallControls.tsx';
import type { Ended } from './CallEnded.tsx';
import { CallFailed } from './CallFailed.tsx';
import { CallHeader } from './CallHeader.tsx';
import { CallStage } from './CallStage.tsx';
import { pressCallKey } from './callKeys.ts';
import { ChatButton } from './ChatButton.tsx';
import { ChatPanel } from './ChatPanel.tsx';
import { DeviceNotices } from './DeviceNotices.tsx';
import type { Layout } from './layout.ts';
import { MutedNotice } from './MutedNotice.tsx';
import { PermissionRequests } from './PermissionRequests.tsx';
import { PictureWindow } from './PictureWindow.tsx';
import { ringView } from './ringTexts.ts';
import { SavingNotice } from './SavingNotice.tsx';
import { useAnnouncements } from './useAnnouncements.ts';
import { useConversation } from './useConversation.ts';
import { useMini } from './useMini.ts';
import { usePicture } from './usePicture.ts';
import { useSaving } from './useSaving.ts';
import { useToggleWords } from './useToggleWords.ts';

export interface VideoCallProps {
  callType: string;
  callId: string;
  /** Whom the call is with, to show while nobody else is in it. */
  peer: Pick<UserObject, 'id' | 'name' | 'image'>;
  /** Rings the others when the call is joined. */
  ring?: boolean;
  /** One is in it on another device or in another window: that one leaves. */
  takeOver?: boolean;
  /** Offered when nobody answered: to leave a message. The call is over for me then, too. */
  onWrite?: () => void;
  /** The call is over for me: take the component away. `ended` is there when it had begun. */
  onClose: (ended?: Ended) => void;
}

/**
 * A call as a modal: joins when it appears, leaves when it goes. Made small, it stands over the page, which can be used.
 * Needs a connected client around it.
 */
export function VideoCall({ callType, callId, peer, ring = false, takeOver = false, onWrite, onClose }: VideoCallProps) {
  const t = useMessages();
  const toast = useToast();
  const client = useVideoClient();
  const call = useMemo(() => client.call(callType, callId), [client, callType, callId]);
  const { error, retry } = useJoinedCall(call, { ring, takeOver });
  const state = useObservable(call.state.callingState$);
  const participants = useObservable(call.state.participants$);
  const joinedAt = useObservable(call.state.joinedAt$);
  const startedAt = useObservable(call.state.startedAt$);
  const sharing = useObservable(call.screenShare.state.status$) === 'enabled';
  const me = useObservable(client.state.connectedUser$)?.id;
  const { ringing, result } = ringView(useObservable(call.state.ring$), me, peer.name, t, useThere(call));
  const joined = state === CallingState.JOINED;
  const note = useAnnouncements(call, participants, joined);
  const alone = participants.length < 2;
  const dialog = useRef<HTMLDivElement>(null);
  const wasIn = useRef(false);
  const [mini, setMini] = useState(false);
  const small = useRef(mini);
  small.current = mini;
  const [layout, setLayout] = useState<Layout>('grid');
  const place = useRef({ x: 0, y: 0 });
  const move = useMini(dialog, place, mini);
  const picture = usePicture(dialog);
  const words = useToggleWords(call);
  const conversation = useConversation(call, !mini);
  const shortcuts = useShortcuts();
  const saving = useSaving(call, participants);
  const handover = useHandover(call, participants);
  useAwake(joined);
  useModal(dialog, !mini);
  useTone(joined && ringing && alone ? 'outgoing' : undefined);

  const began = useRef<number | undefined>(undefined);
  if (joinedAt !== undefined) began.current = startedAt ?? joinedAt; // gone from the call's state once it was left
  const told = useRef<Pick<Ended, 'met' | 'result'>>({ met: false, result: undefined });
  told.current = { met: told.current.met || !alone, result };
  const close = useCallback(
    () => onClose(began.current === undefined ? undefined : { peer, ms: Date.now() - began.current, ...told.current }),
    [onClose, peer],
  );

  useEffect(() => {
    if (joined && !wasIn.current) toast(t.connectedToast);
    if (state === CallingState.LEFT && wasIn.current) close(); // somebody else ended it for me
    wasIn.current ||= joined;
  }, [joined, state, toast, t, close]);

  useLayoutEffect(() => {
    const element = dialog.current;
    return () => {
      if (small.current && element?.contains(document.activeElement) && !matchMedia('(pointer: coarse)').matches) toTextBox(); // or the focus is nowhere
    };
  }, []);

  const over = error !== undefined || state === CallingState.RECONNECTING_FAILED;
  const lost = state === CallingState.RECONNECTING || state === CallingState.OFFLINE || state === CallingState.MIGRATING;
  const waiting = { note: lost ? t.callReconnecting : (note ?? result), ringing, onRing: () => void call.ring().catch(() => {}), onWrite };
  const onKeyDown = (event: KeyboardEvent) => {
    const gaveUp = result !== undefined && alone && (event.target === dialog.current || (event.target as Element).closest('.cf-waiting') !== null);
    if (event.key === 'Escape' && (over || gaveUp)) return close();
    const deeds = {
      mini: () => setMini(!mini),
      layout: () => setLayout(layout === 'grid' ? 'speaker' : 'grid'),
      chat: mini ? undefined : conversation?.toggle,
    };
    if (shortcuts && joined && pressCallKey(event, call, deeds)) event.preventDefault();
  };
  if (typeof document === 'undefined') return null; // rendered on a server
  return createPortal(
    <CallProvider call={call}>
      <div
        ref={dialog}
        className={mini ? 'cf-call cf-call--mini' : 'cf-call'}
        role="dialog"
        aria-modal={!mini}
        aria-label={t.videoCall}
        tabIndex={-1}
        data-above={mini ? '' : undefined}
        onKeyDown={onKeyDown}
      >
        <CallHeader
          title={peer.name}
          since={joinedAt === undefined ? undefined : (startedAt ?? joinedAt)}
          sharing={sharing}
          participants={participants}
          mini={mini}
          onMini={setMini}
          move={move}
          layout={layout}
          onLayout={setLayout}
          picture={picture}
        />
        <p className="cf-hidden" role="status">
          {words}
        </p>
        {lost && (
          <p className="cf-call__banner" role="alert">
            <Spinner label={t.callReconnecting} />
            {state === CallingState.OFFLINE ? t.callOffline : t.callReconnecting}
          </p>
        )}
        <div className="cf-call__body">
          {over ? (
            <CallFailed lost={error === undefined} error={error} onRetry={retry} onClose={close} />
          ) : joinedAt !== undefined ? (
            <CallStage participants={participants} peer={peer} waiting={waiting} layout={layout} mini={mini} />
          ) : (
            <div className="cf-waiting">
              <Spinner label={t.connecting} />
              <p className="cf-waiting__title">{t.connecting}</p>
            </div>
          )}
          <DeviceNotices call={call} />
          {!over && (
            <div className="cf-requests" aria-live="polite">
              <HandoverNotice handover={handover} onLeave={close} />
              <SavingNotice saving={saving} />
              <PermissionRequests call={call} />
              <BlockedPeople call={call} peer={peer} />
            </div>
          )}
          <MutedNotice call={call} />
          {conversation?.open && !mini && !over && <ChatPanel conversation={conversation} />}
        </div>
        {!over && (
          <CallControls call={call} saving={saving} handover={handover} onLeave={close}>
            {conversation && !mini && (
              <>
                {joined && <AddPeople call={call} conversation={conversation} participants={participants} />}
                <ChatButton conversation={conversation} />
              </>
            )}
          </CallControls>
        )}
      </div>
      {picture.window && <PictureWindow call={call} picture={picture.window} participants={participants} onLeave={close} />}
    </CallProvider>,
    document.body,
  );
}
