// SPDX-License-Identifier: Apache-2.0
/** What the parts of the team's side share. */
import { DeskStore, isNamed, type ChatState, type ChatStore, type DeskState, type VideoClient } from '@confab/client';
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, type ReactNode } from 'react';
import { useMessages } from '../context.tsx';
import { errorText } from '../errorText.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { useToast } from '../ui/Toasts.tsx';

export interface Desk {
  chat: ChatStore;
  state: ChatState;
  desk: DeskState;
  /** Who is of the team may have changed since it was asked. */
  refreshTeam(): void;
  /** Says in a toast when it did not work. Resolves with whether it did. */
  attempt(deed: Promise<unknown>): Promise<boolean>;
}

const DeskContext = createContext<Desk | undefined>(undefined);
/** By itself, since the rest changes with every event: each row of the list has labels. */
const DeskStateContext = createContext<DeskState | undefined>(undefined);

interface DeskProviderProps {
  client: VideoClient;
  chat: ChatStore;
  state: ChatState;
  children: ReactNode;
}

export function DeskProvider({ client, chat, state, children }: DeskProviderProps) {
  const t = useMessages();
  const toast = useToast();
  const store = useMemo(() => new DeskStore(client), [client]);
  useEffect(() => {
    store.start();
    return () => store.stop();
  }, [store]);
  useNotices(client, state);
  const desk = useObservable(store.state$);
  const attempt = useCallback(
    (deed: Promise<unknown>) =>
      deed.then(
        () => true,
        (error: unknown) => {
          toast(errorText(error, t), 'problem');
          return false;
        },
      ),
    [toast, t],
  );
  const refreshTeam = useCallback(() => store.refreshTeam(), [store]);
  const value = useMemo(() => ({ chat, state, desk, refreshTeam, attempt }), [chat, state, desk, refreshTeam, attempt]);
  return (
    <DeskContext.Provider value={value}>
      <DeskStateContext.Provider value={desk}>{children}</DeskStateContext.Provider>
    </DeskContext.Provider>
  );
}

/** Somebody else has made a conversation this person's, or names them in a note; or one is back from snooze. */
function useNotices(client: VideoClient, state: ChatState): void {
  const t = useMessages();
  const toast = useToast();
  const before = useRef(state);
  useEffect(() => {
    before.current = state;
  }, [state]);
  useEffect(
    () =>
      client.on('conversation.updated', ({ conversation_id: id, support, user_id: by }) => {
        const { me, conversations } = before.current;
        const conversation = conversations.get(id);
        if (!conversation || by === me.id || support.assignee?.id !== me.id || conversation.support.assignee?.id === me.id) return;
        toast(t.support.gotAssigned(conversation.user.name));
      }),
    [client, toast, t],
  );
  useEffect(
    () =>
      client.on('message.new', ({ conversation_id: id, message }) => {
        const { me, conversations } = before.current;
        if (message.activity?.type === 'woken') {
          const conversation = conversations.get(id);
          const owner = conversation?.support.assignee?.id;
          if (conversation && (owner === undefined || owner === me.id)) toast(t.support.wokenOf(conversation.user.name));
          return;
        }
        if (!message.private || message.user.id === me.id || !isNamed(message.text, me.id)) return;
        toast(t.support.mentionedBy(message.user.name, conversations.get(id)?.user.name ?? id));
      }),
    [client, toast, t],
  );
}

/** Undefined on the customer's side. */
export const useMaybeDesk = (): Desk | undefined => useContext(DeskContext);

/** On the team's side only. */
export const useDesk = (): Desk => inside(useContext(DeskContext));

/** The same without what changes with every event. */
export const useDeskState = (): DeskState => inside(useContext(DeskStateContext));

function inside<T>(found: T | undefined): T {
  if (!found) throw new Error('This belongs inside of <AdminChat>.');
  return found;
}
