// SPDX-License-Identifier: Apache-2.0
import type { Capture } from '../devices/browser.ts';
import type { Preferences } from '../devices/preferences.ts';
import type { Emitter } from '../emitter.ts';
import type { Logger } from '../logger.ts';
import type { MediaFactory } from '../media/session.ts';
import type { Network } from '../network.ts';
import type { Rest } from '../rest.ts';
import type { Backoff } from '../socket.ts';
import type { CallEvents } from './events.ts';

/** @internal What the client lends its calls. */
export interface CallContext {
  /** Resolves when the user is connected; rejects with the well-known text when nobody is connecting. */
  ready(): Promise<void>;
  /** The connected user's id. */
  me(): string | undefined;
  /** This client among the user's devices and tabs. */
  deviceId: string;
  rest: Rest;
  events: Emitter<CallEvents>;
  media: MediaFactory;
  capture: Capture;
  preferences: Preferences;
  network: Network;
  /** Tries at once to get the event socket back, when it is away. */
  reach(): void;
  log: Logger;
  backoff: Backoff;
}
