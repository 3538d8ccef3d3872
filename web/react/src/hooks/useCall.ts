// SPDX-License-Identifier: Apache-2.0
import type { Call, ConfabError } from '@confab/client';
import { useCallback, useEffect, useState } from 'react';

/**
 * Joins while the component is on the page, leaves with it; with `ring`, the others' devices ring; with `takeOver` this user's
 * own other ones leave. `error` is why it could not join.
 */
export function useJoinedCall(call: Call, { ring = false, takeOver = false } = {}): { error: ConfabError | undefined; retry: () => void } {
  const [error, setError] = useState<ConfabError | undefined>();
  const join = useCallback(
    (alive: () => boolean) => {
      setError(undefined);
      call.join({ create: true, ...(ring ? { ring } : {}), ...(takeOver ? { take_over: true } : {}) }).catch((reason: ConfabError) => {
        if (alive()) setError(reason);
      });
    },
    [call, ring, takeOver],
  );
  useEffect(() => {
    let alive = true;
    join(() => alive);
    return () => {
      alive = false;
      void call.leave();
    };
  }, [call, join]);
  return { error, retry: () => join(() => true) };
}
