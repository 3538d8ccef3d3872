// SPDX-License-Identifier: Apache-2.0
import { ChatStore, type ChatState, type UserObject, type VideoClient } from '@confab/client';
import { useEffect, useMemo } from 'react';
import { useObservable } from './useObservable.ts';

/** The messenger of a connected client: its store, started while the component is on the page, and its state. */
export function useChat(client: VideoClient, me: UserObject): { store: ChatStore; state: ChatState } {
  const store = useMemo(() => new ChatStore(client, me), [client, me]);
  useEffect(() => {
    store.start();
    return () => store.stop();
  }, [store]);
  return { store, state: useObservable(store.state$) };
}
