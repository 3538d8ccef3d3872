// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { unreadTotal, useChat, useMessageSound, useRingingCalls, useVideoClient } from '@confab/react';
import { useEffect } from 'react';
import { usePreferences } from '../preferences.ts';
import { useMessages, useTexts } from '../texts/index.ts';

/** On every page the tab's title: who is calling, else how much is unread; and the sound of what comes. */
export function Title({ me, onUnread }: { me: UserObject; onUnread: (unread: number) => void }) {
  const { store, state } = useChat(useVideoClient(), me);
  const unread = unreadTotal(state);
  useMessageSound(store, usePreferences().messageSound);
  const texts = useTexts();
  const messages = useMessages();
  const caller = useRingingCalls('incoming')[0]?.state.ring?.caller.name;
  useEffect(() => onUnread(unread), [onUnread, unread]);
  useEffect(() => {
    const number = new Intl.NumberFormat(messages.locale).format(unread);
    document.title = caller ? texts.titleCalling(caller) : unread > 0 ? texts.titleUnread(number) : texts.product;
    return () => {
      document.title = texts.product;
    };
  }, [caller, unread, texts, messages]);
  return null;
}
