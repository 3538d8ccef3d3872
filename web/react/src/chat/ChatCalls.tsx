// SPDX-License-Identifier: Apache-2.0
import { callIdOf, type ChatStore, type IncomingCall as Incoming, type UserObject } from '@confab/client';
import { IncomingCall } from '../call/IncomingCall.tsx';
import { VideoCall } from '../call/VideoCall.tsx';

interface ChatCallsProps {
  store: ChatStore;
  incoming: Incoming | undefined;
  /** The conversation whose call is on screen. */
  active: string | undefined;
  /** Whom a conversation's call is with. */
  peerOf: (conversationId: string) => Pick<UserObject, 'id' | 'name' | 'image'>;
  onAccept: (conversationId: string) => void;
  onClose: () => void;
}

/** The calls of a messenger: the one I am in, or else the one that rings. */
export function ChatCalls({ store, incoming, active, peerOf, onAccept, onClose }: ChatCallsProps) {
  if (active !== undefined) {
    return <VideoCall key={active} callType="default" callId={callIdOf(active)} peer={peerOf(active)} onClose={onClose} />;
  }
  if (!incoming) return null;
  const { conversationId, call, from } = incoming;
  return (
    <IncomingCall
      key={call.session_id}
      from={from}
      onAccept={() => {
        store.settle(call.session_id);
        onAccept(conversationId);
      }}
      onDecline={() => store.decline(conversationId, call.session_id)}
    />
  );
}
