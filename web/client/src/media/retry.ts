// SPDX-License-Identifier: Apache-2.0
/**
 * When livekit-client tries again to bring its connection back. A network that was away mostly does not say that it is back,
 * so the pauses stay short; they are random, so that not all come at once to a server that was started anew.
 */
import type { ReconnectPolicy } from 'livekit-client';

/** livekit-client's own grow to 10 s, and it is through with them after two to three minutes. */
const PAUSES_MS = [300, 1000, 2000];
/** The first is nearly at once: most losses are a server restart or a network change. */
const FIRST_MS = 500;
/** After that the call is entered anew, with a new token, for as long as the application wants it. */
const GIVE_UP_MS = 180_000;

export function retryPolicy(random: () => number = Math.random): ReconnectPolicy {
  return {
    nextRetryDelayInMs: ({ retryCount, elapsedMs }) => {
      if (elapsedMs > GIVE_UP_MS) return null;
      if (retryCount === 0) return random() * FIRST_MS;
      const pause = PAUSES_MS[Math.min(retryCount, PAUSES_MS.length) - 1] ?? 0;
      return pause * (0.5 + random());
    },
  };
}
