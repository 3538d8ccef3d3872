// SPDX-License-Identifier: Apache-2.0
/** Whether the system says there is a network. */
export interface Network {
  online(): boolean;
  /** Calls back when the network comes or goes, and when the page wakes up. Returns the way to stop. */
  onChange(listener: () => void): () => void;
}

const ON_WINDOW = ['online', 'offline', 'pageshow'];
const ON_DOCUMENT = ['visibilitychange', 'resume']; // a tab or a machine that slept

export const browserNetwork: Network = {
  online: () => (typeof navigator === 'undefined' ? true : navigator.onLine !== false),
  onChange(listener) {
    if (typeof window === 'undefined') return () => {};
    for (const name of ON_WINDOW) window.addEventListener(name, listener);
    for (const name of ON_DOCUMENT) document.addEventListener(name, listener);
    return () => {
      for (const name of ON_WINDOW) window.removeEventListener(name, listener);
      for (const name of ON_DOCUMENT) document.removeEventListener(name, listener);
    };
  },
};
