// SPDX-License-Identifier: Apache-2.0
import { useMessages } from '../context.tsx';
import { badge } from '../format.ts';

/** How many messages are unread; nothing when none is. */
export function UnreadBadge({ count }: { count: number }) {
  const t = useMessages();
  if (count === 0) return null;
  return (
    <span className="cf-badge cf-badge--unread" role="img" aria-label={t.unread(count)}>
      {badge(count, t)}
    </span>
  );
}
