// SPDX-License-Identifier: Apache-2.0
import { conversationIdOf, type Call } from '@confab/client';
import { useEffect, useRef } from 'react';
import { CallEnded, type Ended } from '../call/CallEnded.tsx';
import { isGuestOf } from '../call/useConversation.ts';
import { useCallChat } from './CallChat.tsx';
import { useInCall } from './useInCall.ts';
import { toTextBox } from './toTextBox.ts';

interface AfterCallProps {
  ended: Ended & { call: Call };
  /** Into the call again. */
  onOpen: (ring: boolean) => void;
  onClose: () => void;
}

/** What is said of a call that is over: in the conversation on the page, for a while when that is another one. It goes when one more is opened. */
export function AfterCall({ ended, onOpen, onClose }: AfterCallProps) {
  const chat = useCallChat();
  const { call } = ended;
  const id = call.type === 'default' ? conversationIdOf(call.id) : undefined;
  const { others, me } = useInCall(call);
  const shown = chat?.after?.dataset['conversation'];
  const before = useRef(shown);
  useEffect(() => {
    if (shown !== undefined && shown !== before.current && shown !== id) onClose();
    before.current = shown;
  }, [shown, id, onClose]);

  const write = (to: string) => {
    if (shown !== to) chat?.goTo?.(to);
    onClose();
    toTextBox();
  };
  return (
    <CallEnded
      ended={ended}
      call={call}
      others={others}
      elsewhere={me}
      place={chat?.after ?? null}
      passing={shown === undefined || shown !== id}
      onCall={() => onOpen(others.length === 0 && !me)}
      onWrite={id === undefined || isGuestOf(chat?.messenger, id) || (shown !== id && !chat?.goTo) ? undefined : () => write(id)}
      onClose={onClose}
    />
  );
}
