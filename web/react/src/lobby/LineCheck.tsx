// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { BARS_LIT, LINE_BARS, watchLine, type Line } from './line.ts';

/** Before the call: whether the network is made for it. Looks again when the network comes or goes. */
export function LineCheck() {
  const t = useMessages().call;
  const client = useVideoClient();
  const [line, setLine] = useState<Line | undefined>();
  useEffect(() => watchLine(client, setLine), [client]);
  const bars = line && LINE_BARS[line];
  return (
    <p className="cf-lobby__line" role="status">
      {bars && (
        <span className={`cf-bars cf-bars--${bars}`} aria-hidden="true">
          {[1, 2, 3].map((bar) => (
            <span key={bar} className={bar <= BARS_LIT[bars] ? 'cf-bars__on' : undefined} />
          ))}
        </span>
      )}
      <span>
        {t.line}: {line ? t.lineIs[line] : t.lineChecking}
      </span>
    </p>
  );
}
