// SPDX-License-Identifier: Apache-2.0
/** The events of a call, by their type. */
import type { CallEventType, ServerEvents } from '../contract.ts';

export type { CallEventType };
export type CallEvents = Pick<ServerEvents, CallEventType>;
export type CallEvent = CallEvents[CallEventType];
