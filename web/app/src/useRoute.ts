// SPDX-License-Identifier: Apache-2.0
import { useCallback, useSyncExternalStore } from 'react';

const PATTERN = /^#\/c\/(.+)$/;

function read(): string | undefined {
  const id = PATTERN.exec(location.hash)?.[1];
  return id === undefined ? undefined : decodeURIComponent(id);
}

function listen(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

/** The open conversation lives in the address: the back button of a phone goes back to the list. */
export function useConversationRoute(): [string | undefined, (id: string | undefined) => void] {
  const id = useSyncExternalStore(listen, read);
  const go = useCallback((next: string | undefined) => {
    if (next === read()) return;
    location.hash = next === undefined ? '' : `/c/${encodeURIComponent(next)}`;
  }, []);
  return [id, go];
}
