// SPDX-License-Identifier: Apache-2.0
/**
 * The conversation of the call on screen. The call's window lies over the page and keeps a place for it; the page's messenger,
 * which has the conversation already, moves its messages and its text box there. So nothing is there twice, or fetched twice.
 */
import type { ChatStore } from '@confab/client';
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';

export interface CallChat {
  /** What lies over the page: the window of a call, of this conversation or of none; undefined while the page can be seen. */
  over: { conversationId: string | undefined } | undefined;
  /** The conversation is shown beside the pictures. */
  open: boolean;
  /** Where, once it is there. */
  place: HTMLElement | null;
  /** Of the page that is behind the call; undefined on a page without conversations. */
  messenger: ChatStore | undefined;
  /** Where the conversation on the page has room for what is said of a call that is over; `data-conversation` says whose. */
  after: HTMLElement | null;
  cover(over: CallChat['over']): void;
  setOpen(open: boolean): void;
  setPlace(place: HTMLElement | null): void;
  setAfter(place: HTMLElement | null): void;
  attach(messenger: ChatStore): () => void;
  /** Goes to the page that has the conversation; undefined where there is no other page. */
  goTo: ((conversationId: string) => void) | undefined;
}

const CallChatContext = createContext<CallChat | undefined>(undefined);

/** Undefined where no CallCenter is around. */
export function useCallChat(): CallChat | undefined {
  return useContext(CallChatContext);
}

export function CallChatProvider({ goTo, children }: { goTo: CallChat['goTo']; children: ReactNode }) {
  const [over, cover] = useState<CallChat['over']>();
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const [after, setAfter] = useState<HTMLElement | null>(null);
  const [messenger, setMessenger] = useState<ChatStore | undefined>();
  const attach = useCallback((store: ChatStore) => {
    setMessenger(store);
    return () => setMessenger((now) => (now === store ? undefined : now));
  }, []);
  const value = useMemo(
    () => ({ over, open, place, after, messenger, cover, setOpen, setPlace, setAfter, attach, goTo }),
    [over, open, place, after, messenger, attach, goTo],
  );
  return <CallChatContext.Provider value={value}>{children}</CallChatContext.Provider>;
}

/** For a page with conversations: calls find them in its store. `select` brings the one of the call onto the page. */
export function useMessenger(store: ChatStore, select?: (conversationId: string) => void): void {
  const chat = useCallChat();
  const attach = chat?.attach;
  useEffect(() => attach?.(store), [attach, store]);
  const wanted = chat?.open ? chat.over?.conversationId : undefined;
  useEffect(() => {
    if (wanted !== undefined) select?.(wanted);
  }, [wanted, select]);
}
