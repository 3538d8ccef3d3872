/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import type { ConnectionQuality } from '@confab/client';
import { BARS_LIT } from '@confab/react/plain-call';
import { useLasting } from '../ui/lasting.ts';
import { useCallTexts } from './texts.ts';

/** Bad news waits: what flickers is not read. */
const BAD_MS = 3000;

export function Bars({ quality }: { quality: keyof typeof BARS_LIT }) {
  return (
    <span class={`bars is-${quality}`} aria-hidden="true">
      {[1, 2, 3].map((bar) => (
        <span key={bar} class={bar <= BARS_LIT[quality] ? 'is-lit' : ''} />
      ))}
    </span>
  );
}

/** How well somebody is connected. Unknown shows nothing: it is so for the first seconds only. */
export function Quality({ quality }: { quality: ConnectionQuality }) {
  const { connection } = useCallTexts().lobby;
  const isBad = quality === 'poor' || quality === 'lost';
  const bad = useLasting(isBad, BAD_MS);
  if (quality === 'unknown') return null;
  const shown = isBad && !bad ? 'good' : quality;
  return (
    <span role="img" aria-label={connection[shown]} title={connection[shown]}>
      <Bars quality={shown} />
    </span>
  );
}
