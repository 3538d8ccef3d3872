// SPDX-License-Identifier: Apache-2.0
import { ChatStore, type ChatState, type UserObject, type VideoClient } from '@confab/client';
import { useEffect, useMemo } from 'react';
import { useObservable } from './useObservable.ts';

interface Messenger {
  store: ChatStore;
  /** How many components on the page use it. */
  users: number;
}

const messengers = new WeakMap<VideoClient, Messenger>();

/**
 * The messenger of a connected client: its store, started while a component that uses it is on the page, and its state.
 * Components share it: one around the pages keeps it going, with what it has loaded, while they change.
 */
export function useChat(client: VideoClient, me: UserObject): { store: ChatStore; state: ChatState } {
  const store = useMemo(() => {
    let known = messengers.get(client);
    if (known?.store.state.me.id !== me.id) messengers.set(client, (known = { store: new ChatStore(client, me), users: 0 }));
    return (known as Messenger).store;
  }, [client, me]);
  useEffect(() => {
    let used = messengers.get(client);
    if (used?.store !== store) messengers.set(client, (used = { store, users: 0 })); // strict mode takes it away and back
    const messenger = used as Messenger;
    if (messenger.users++ === 0) store.start();
    return () => {
      if (--messenger.users > 0) return;
      if (messengers.get(client) === messenger) messengers.delete(client);
      store.stop();
    };
  }, [client, store]);
  return { store, state: useObservable(store.state$) };
}
