// SPDX-License-Identifier: Apache-2.0
import { useSyncExternalStore } from 'react';

/** What the system says; it may be online without reaching the server. */
const isOffline = () => navigator.onLine === false;

function listen(changed: () => void): () => void {
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  return () => {
    window.removeEventListener('online', changed);
    window.removeEventListener('offline', changed);
  };
}

/** The device has no network. */
export const useOffline = (): boolean => useSyncExternalStore(listen, isOffline, () => false);
