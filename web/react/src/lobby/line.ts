// SPDX-License-Identifier: Apache-2.0
/** How good a network is for a call, before there is one. */

export type Line = 'good' | 'fair' | 'poor' | 'lost';

/** What is known of a network without media: browsers say no more. */
interface NetworkInformation {
  downlink?: number;
}

/** A conversation works up to some 400 ms there and back (ITU-T G.114); 0.3 Mbit/s carry sound and a small picture. */
export function lineOf(roundTripMs: number, megabits: number | undefined): Line {
  if (roundTripMs > 400 || (megabits !== undefined && megabits < 0.3)) return 'poor';
  return roundTripMs > 150 || (megabits !== undefined && megabits < 1) ? 'fair' : 'good';
}

/** The same in the words of the bars in a call. */
export const LINE_BARS: Record<Line, 'excellent' | 'good' | 'poor' | 'lost'> = { good: 'excellent', fair: 'good', poor: 'poor', lost: 'lost' };

/** Of three bars. */
export const BARS_LIT: Record<'excellent' | 'good' | 'poor' | 'lost', number> = { lost: 0, poor: 1, good: 2, excellent: 3 };

/** A device that has just opened its camera answers late: what looks poor is looked at again. */
const AGAIN_MS = 3000;

/** Tells now, when the network comes or goes, and again while it is poor. Returns the way to stop. */
export function watchLine(client: { measureRoundTrip(): Promise<number> }, tell: (line: Line) => void): () => void {
  let round = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    const mine = ++round;
    const say = (found: Line) => {
      if (mine !== round) return;
      tell(found);
      if (found === 'poor') timer = setTimeout(look, AGAIN_MS);
    };
    const { connection } = navigator as { connection?: NetworkInformation };
    client.measureRoundTrip().then((ms) => say(lineOf(ms, connection?.downlink)), () => say('lost'));
  };
  look();
  window.addEventListener('online', look);
  window.addEventListener('offline', look);
  return () => {
    round = -1;
    clearTimeout(timer);
    window.removeEventListener('online', look);
    window.removeEventListener('offline', look);
  };
}
