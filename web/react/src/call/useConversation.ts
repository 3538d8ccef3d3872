// SPDX-License-Identifier: Apache-2.0
import { conversationIdOf, isChannel, type Call, type ChatStore } from '@confab/client';
import { useEffect, useRef, type RefObject } from 'react';
import { useCallChat, type CallChat } from '../calls/CallChat.tsx';
import { previewOf } from '../chat/previewOf.ts';
import { useMessages, useVideoClient } from '../context.tsx';
import { useToast } from '../ui/Toasts.tsx';

/** So much of a message is in its notice. */
const WORDS_MAX = 120;

/** The conversation that a call belongs to, as its controls and its panel need it. */
export interface Conversation {
  id: string;
  chat: CallChat;
  open: boolean;
  toggle(): void;
  /** The focus goes back to the button. */
  close(): void;
  button: RefObject<HTMLButtonElement | null>;
}

/** Undefined for a call of no conversation, and where no messenger can show it. `covers`: the call lies over the page. */
export function useConversation(call: Call, covers: boolean): Conversation | undefined {
  const chat = useCallChat();
  const button = useRef<HTMLButtonElement>(null);
  const id = call.type === 'default' ? conversationIdOf(call.id) : undefined;
  const cover = chat?.cover;
  const setOpen = chat?.setOpen;
  useEffect(() => {
    if (!covers) return;
    cover?.({ conversationId: id });
    return () => cover?.(undefined);
  }, [cover, covers, id]);
  useEffect(() => () => setOpen?.(false), [setOpen]);
  useNews(id, covers && chat !== undefined && !chat.open);

  if (!chat || id === undefined || !(chat.messenger ?? chat.goTo) || isGuestOf(chat.messenger, id)) return undefined;
  const turn = (open: boolean) => {
    if (open && !chat.messenger) chat.goTo?.(id);
    chat.setOpen(open);
    if (!open) button.current?.focus();
  };
  return { id, chat, open: chat.open, toggle: () => turn(!chat.open), close: () => turn(false), button };
}

/** Who was let into a call between two others does not see their conversation. */
export const isGuestOf = (messenger: ChatStore | undefined, id: string): boolean =>
  messenger !== undefined && isChannel(id) && messenger.state.status === 'ready' && !messenger.state.channels.has(id);

/** Says what others write while nobody could see it. */
function useNews(id: string | undefined, hidden: boolean): void {
  const t = useMessages();
  const toast = useToast();
  const client = useVideoClient();
  useEffect(() => {
    if (id === undefined || !hidden) return;
    return client.on('message.new', ({ conversation_id: at, message }) => {
      const me = client.state.connectedUser;
      if (!me || at !== id || message.user.id === me.id || message.activity || message.call) return;
      const { before, words } = previewOf(message, me, t, true);
      toast(`${before ?? ''} ${words.length > WORDS_MAX ? `${words.slice(0, WORDS_MAX)}…` : words}`.trim());
    });
  }, [client, id, hidden, t, toast]);
}
