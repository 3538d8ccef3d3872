// SPDX-License-Identifier: Apache-2.0
import { ownsChannel, type ChannelObject, type ConfabError, type ChatMessage, type ChatStore, type UnsentFile, type UserObject } from '@confab/client';
import { useMemo, useState } from 'react';
import { useMessages } from '../context.tsx';
import { errorText } from '../errorText.ts';
import { useToast } from '../ui/Toasts.tsx';
import type { MessageActions } from './Bubble.tsx';
import type { Writing } from './Composer.tsx';
import { refusalText } from './refusal.ts';
import { useMarkUnread } from './unread.ts';

/** How long customers may change what they wrote; the server decides. */
const CHANGE_WINDOW_MS = 15 * 60_000;

const NEW: Writing = { kind: 'new' };

interface Deeds {
  actions: MessageActions;
  writing: Writing;
  /** The message that one has jumped to. */
  marked: number | undefined;
  /** The message that is about to be reported. */
  reported: ChatMessage | undefined;
  send(text: string, options: { private: boolean; files: readonly UnsentFile[] }): void;
  jump(messageId: number | undefined): void;
  cancel(): void;
  endReport(): void;
}

/** What one does with the messages of one conversation. Whatever fails is said in a toast. */
export function useMessageActions(store: ChatStore, id: string, me: UserObject, channel?: ChannelObject): Deeds {
  const t = useMessages();
  const toast = useToast();
  const [writing, setWriting] = useState<Writing>(NEW);
  const [marked, setMarked] = useState<number | undefined>();
  const [reported, setReported] = useState<ChatMessage | undefined>();

  const markUnread = useMarkUnread(store, id);
  const unreadable = channel !== undefined || me.role === 'admin'; // a customer has one conversation, and reads it
  // who may delete what others wrote
  const rules = channel ? ownsChannel(channel, me.id) : me.role === 'admin';

  return useMemo(() => {
    const attempt = (deed: Promise<void>) => void deed.catch((error: ConfabError) => toast(refusalText(error, t) ?? errorText(error, t), 'problem'));
    const own = (message: ChatMessage) => message.user.id === me.id;
    const changeable = (message: ChatMessage) =>
      own(message) && (me.role === 'admin' || Date.now() - message.at < CHANGE_WINDOW_MS);
    const jump = (messageId: number | undefined) => {
      if (messageId === undefined) return setMarked(undefined);
      attempt(store.jump(id, messageId).then(() => setMarked(messageId)));
    };
    const withId = (message: ChatMessage, act: (messageId: number) => Promise<void>) =>
      message.id !== undefined && attempt(act(message.id));
    const actions: MessageActions = {
      retry: (message) => store.retry(message.key),
      discard: (message) => store.discard(message.key),
      react: (message, type) => withId(message, (messageId) => store.react(id, messageId, type)),
      reply: (message) => setWriting({ kind: 'reply', message }),
      edit: (message) => setWriting({ kind: 'edit', message }),
      remove: (message) => withId(message, (messageId) => store.delete(id, messageId)),
      report: setReported,
      markUnread: unreadable ? (message) => message.id !== undefined && markUnread(message.id) : undefined,
      jump,
      canEdit: changeable,
      canDelete: (message) => rules || changeable(message),
      canReport: (message) => !own(message) && message.id !== undefined,
    };
    const send: Deeds['send'] = (text, options) => {
      const messageId = writing.kind === 'new' ? undefined : writing.message.id;
      setWriting(NEW);
      if (writing.kind !== 'edit' || messageId === undefined) return store.send(id, text, { ...options, quoted: messageId });
      const edit = store.edit(id, messageId, text);
      // what was written is not lost, unless one has begun with something else
      edit.catch(() => setWriting((now) => (now.kind === 'new' ? { ...writing, text } : now)));
      attempt(edit);
    };
    return { actions, writing, marked, reported, send, jump, cancel: () => setWriting(NEW), endReport: () => setReported(undefined) };
  }, [store, id, me, rules, unreadable, markUnread, t, toast, writing, marked, reported]);
}
