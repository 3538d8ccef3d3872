// SPDX-License-Identifier: Apache-2.0
import type { ConnectionQuality } from '@confab/client';
import { useMessages } from '../context.tsx';
import { useLasting } from '../hooks/useCallStateHooks.ts';
import { BARS_LIT } from '../lobby/line.ts';

/** How well somebody is connected. Unknown shows nothing: it is so for the first seconds only. Bad news waits three seconds: what flickers is not read. */
export function Quality({ quality }: { quality: ConnectionQuality }) {
  const t = useMessages();
  const isBad = quality === 'poor' || quality === 'lost';
  const bad = useLasting(isBad, 3000);
  if (quality === 'unknown') return null;
  const shown = isBad && !bad ? 'good' : quality;
  return (
    <span className={`cf-bars cf-bars--${shown}`} role="img" aria-label={t.connection[shown]} title={t.connection[shown]}>
      {[1, 2, 3].map((bar) => (
        <span key={bar} className={bar <= BARS_LIT[shown] ? 'cf-bars__on' : undefined} />
      ))}
    </span>
  );
}
