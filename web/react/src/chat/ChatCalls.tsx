// SPDX-License-Identifier: Apache-2.0
import { callIdOf, incomingCall, type ChatState, type ChatStore } from '@confab/client';
import { IncomingCall } from '../call/IncomingCall.tsx';
import { VideoCall } from '../call/VideoCall.tsx';

interface ChatCallsProps {
  store: ChatStore;
  state: ChatState;
  /** The conversation whose call is on screen. */
  active: string | undefined;
  /** Whom the call is with, for the words while nobody else is there. */
  nameOf: (conversationId: string) => string;
  onAccept: (conversationId: string) => void;
  onClose: () => void;
}

/** The calls of a messenger: the one I am in, or else the one that rings. */
export function ChatCalls({ store, state, active, nameOf, onAccept, onClose }: ChatCallsProps) {
  if (active !== undefined) {
    return <VideoCall key={active} callType="default" callId={callIdOf(active)} peer={nameOf(active)} onClose={onClose} />;
  }
  const incoming = incomingCall(state);
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
