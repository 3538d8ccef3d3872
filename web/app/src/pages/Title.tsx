// SPDX-License-Identifier: Apache-2.0
import { useRingingCalls } from '@confab/react';
import { useEffect } from 'react';
import { useMessages, useTexts } from '../texts/index.ts';

/** The tab's title on every page: who is calling, else how much is unread. */
export function Title({ unread }: { unread: number }) {
  const texts = useTexts();
  const messages = useMessages();
  const caller = useRingingCalls('incoming')[0]?.state.ring?.caller.name;
  useEffect(() => {
    const number = new Intl.NumberFormat(messages.locale).format(unread);
    document.title = caller ? texts.titleCalling(caller) : unread > 0 ? texts.titleUnread(number) : texts.product;
    return () => {
      document.title = texts.product;
    };
  }, [caller, unread, texts, messages]);
  return null;
}
