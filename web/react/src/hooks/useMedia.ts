// SPDX-License-Identifier: Apache-2.0
import { useCallback, useSyncExternalStore } from 'react';

/** So narrow that the list and the conversation take turns; the same in styles/*.css. */
export const NARROW = '(max-width: 760px)';

/** Whether a media query holds; on a server it does not. */
export function useMedia(query: string): boolean {
  const listen = useCallback(
    (changed: () => void) => {
      const list = matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    [query],
  );
  return useSyncExternalStore(listen, () => matchMedia(query).matches, () => false);
}
