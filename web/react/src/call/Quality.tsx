// SPDX-License-Identifier: Apache-2.0
import type { ConnectionQuality } from '@confab/client';
import { useMessages } from '../context.tsx';
import { useLasting } from '../hooks/useCallStateHooks.ts';

/** Of three bars. Unknown shows nothing: it is so for the first seconds only. */
const BARS: Record<Exclude<ConnectionQuality, 'unknown'>, number> = { lost: 0, poor: 1, good: 2, excellent: 3 };

/** How well somebody is connected. Bad news waits three seconds: what flickers is not read. */
export function Quality({ quality }: { quality: ConnectionQuality }) {
  const t = useMessages();
  const isBad = quality === 'poor' || quality === 'lost';
  const bad = useLasting(isBad, 3000);
  if (quality === 'unknown') return null;
  const shown = isBad && !bad ? 'good' : quality;
  return (
    <span className={`cf-bars cf-bars--${shown}`} role="img" aria-label={t.connection[shown]} title={t.connection[shown]}>
      {[1, 2, 3].map((bar) => (
        <span key={bar} className={bar <= BARS[shown] ? 'cf-bars__on' : undefined} />
      ))}
    </span>
  );
}
