// SPDX-License-Identifier: Apache-2.0
/** Everything one can listen for on the client: the server's events, and `connection.changed` from the client itself. */
import type { ServerEvent, ServerEvents } from './contract.ts';
import type { ConfabError } from './errors.ts';

export type ConnectionState = 'disconnected' | 'connecting' | 'connected' | 'reconnecting';

export interface ClientEvents extends ServerEvents {
  'connection.changed': { type: 'connection.changed'; state: ConnectionState; error?: ConfabError };
}

export type ClientEvent = ClientEvents[keyof ClientEvents];
/** What arrives on the event socket. */
export type SocketEvent = ServerEvent;
