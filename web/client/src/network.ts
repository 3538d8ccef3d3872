// SPDX-License-Identifier: Apache-2.0
/** Whether the system says there is a network. */
export interface Network {
  online(): boolean;
  /** Calls back when the network comes or goes. Returns the way to stop. */
  onChange(listener: () => void): () => void;
}

export const browserNetwork: Network = {
  online: () => (typeof navigator === 'undefined' ? true : navigator.onLine !== false),
  onChange(listener) {
    if (typeof window === 'undefined') return () => {};
    window.addEventListener('online', listener);
    window.addEventListener('offline', listener);
    return () => {
      window.removeEventListener('online', listener);
      window.removeEventListener('offline', listener);
    };
  },
};
