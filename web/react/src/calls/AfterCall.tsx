// SPDX-License-Identifier: Apache-2.0
import { conversationIdOf, Store, type Call, type ChatState, type ChatStore } from '@confab/client';
import { useEffect, useRef } from 'react';
import { CallEnded, type Ended } from '../call/CallEnded.tsx';
import { useVideoClient } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import { useCallChat } from './CallChat.tsx';
import { toTextBox } from './toTextBox.ts';

interface AfterCallProps {
  ended: Ended & { call: Call };
  /** Into the call again. */
  onOpen: (ring: boolean) => void;
  onClose: () => void;
}

/** What is said of a call that is over: in its conversation when that is on the page. It goes when another one is opened. */
export function AfterCall({ ended, onOpen, onClose }: AfterCallProps) {
  const chat = useCallChat();
  const { call } = ended;
  const id = call.type === 'default' ? conversationIdOf(call.id) : undefined;
  const others = useOthers(call, id, chat?.messenger);
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
      place={(shown === id ? chat?.after : null) ?? null}
      onCall={() => onOpen(others.length === 0)}
      onWrite={id === undefined || (shown !== id && !chat?.goTo) ? undefined : () => write(id)}
      onClose={onClose}
    />
  );
}

const NONE = new Store<ChatState | undefined>(undefined);

/** Who is in the call still; two devices of one person are one. */
function useOthers(call: Call, id: string | undefined, messenger: ChatStore | undefined): readonly string[] {
  const me = useVideoClient().state.connectedUser?.id;
  const known = useObservable(call.state.session$);
  const state = useObservable<ChatState | undefined>(messenger?.state$ ?? NONE);
  const conversation = id === undefined ? undefined : (state?.conversations.get(id) ?? state?.channels.get(id));
  const session = conversation ? conversation.call : known;
  return (session?.participants ?? []).filter((user) => user.id !== me).map((user) => user.name);
}
