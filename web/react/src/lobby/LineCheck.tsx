// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';

type Line = 'good' | 'fair' | 'poor' | 'lost';

/** What is known of a network without media: browsers say no more. */
interface NetworkInformation {
  downlink?: number;
}

/** A conversation works up to some 400 ms there and back (ITU-T G.114); 0.3 Mbit/s carry sound and a small picture. */
export function lineOf(roundTripMs: number, megabits: number | undefined): Line {
  if (roundTripMs > 400 || (megabits !== undefined && megabits < 0.3)) return 'poor';
  return roundTripMs > 150 || (megabits !== undefined && megabits < 1) ? 'fair' : 'good';
}

const BARS: Record<Line, 'excellent' | 'good' | 'poor' | 'lost'> = { good: 'excellent', fair: 'good', poor: 'poor', lost: 'lost' };
const LIT: Record<Line, number> = { good: 3, fair: 2, poor: 1, lost: 0 };

/** Before the call: whether the network is made for it. Looks again when the network comes or goes. */
export function LineCheck() {
  const t = useMessages().call;
  const client = useVideoClient();
  const [line, setLine] = useState<Line | undefined>();
  useEffect(() => {
    let round = 0;
    const look = () => {
      const mine = ++round;
      const tell = (found: Line) => mine === round && setLine(found);
      const { connection } = navigator as { connection?: NetworkInformation };
      client.measureRoundTrip().then((ms) => tell(lineOf(ms, connection?.downlink)), () => tell('lost'));
    };
    look();
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    return () => {
      round = -1;
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
    };
  }, [client]);
  return (
    <p className="cf-lobby__line" role="status">
      {line && (
        <span className={`cf-bars cf-bars--${BARS[line]}`} aria-hidden="true">
          {[1, 2, 3].map((bar) => (
            <span key={bar} className={bar <= LIT[line] ? 'cf-bars__on' : undefined} />
          ))}
        </span>
      )}
      <span>
        {t.line}: {line ? t.lineIs[line] : t.lineChecking}
      </span>
    </p>
  );
}
