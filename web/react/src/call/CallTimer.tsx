// SPDX-License-Identifier: Apache-2.0
import { useMessages } from '../context.tsx';
import { duration } from '../format.ts';
import { useNow } from '../hooks/useNow.ts';

export function CallTimer({ since }: { since: number }) {
  const t = useMessages();
  const now = useNow(1000);
  return (
    <span className="cf-timer" role="timer" aria-label={t.callDuration}>
      {duration(now - since, t)}
    </span>
  );
}
