// SPDX-License-Identifier: Apache-2.0
/** @confab/client: create the client, connect the user, join the call. */
export { VideoClient, VideoClient as StreamVideoClient } from './client.ts';
export type { ClientConfig, ClientEvents, ClientOptions, ClientState, ConnectionState, User } from './client.ts';
export { Call } from './call.ts';
export type { JoinOptions } from './call.ts';
export { CallingState, type CallState } from './call-state.ts';
export type { DeviceManager, DeviceState, DeviceStatus } from './device-manager.ts';
export { listDevices, screenShareAvailable } from './devices.ts';
export { ConfabError, DeviceError, ErrorCode, TOKEN_MISMATCH, TOKEN_NOT_SET } from './errors.ts';
export type { DeviceErrorReason, DeviceKind } from './errors.ts';
export { consoleLogger, type Logger } from './logger.ts';
export type { MediaFactory, MediaHandlers, MediaSession, Participant } from './media/session.ts';
export type { Backoff, SocketFactory, SocketLike } from './socket.ts';
export type { Observable } from './store.ts';
export type { TokenOrProvider, TokenProvider } from './token.ts';
export { sanitizeUserId } from './userid.ts';
export type { ChatApi } from './chat/api.ts';
export { callIdOf, incomingCall, sortedConversations } from './chat/state.ts';
export type { ChatMessage, ChatState, Delivery, IncomingCall, Thread } from './chat/state.ts';
export { ChatStore } from './chat/store.ts';
export type * from './contract.ts';
