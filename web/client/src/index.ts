// SPDX-License-Identifier: Apache-2.0
/** @confab/client: create the client, connect the user, join the call. */
export { VideoClient, VideoClient as StreamVideoClient } from './client.ts';
export type { CallsPage, ClientConfig, ClientOptions, ClientState } from './client.ts';
export type { ClientEvent, ClientEvents, ConnectionState } from './events.ts';
export type { AnonymousUser, GuestUser, RegularUser, User } from './users.ts';
export { Call } from './call/call.ts';
export type { CallEvent, CallEvents, CallEventType } from './call/events.ts';
export { CallingState, nextCallingState, type CallingInput } from './call/machine.ts';
export type { PermissionsContext } from './call/permissions.ts';
export type { PermissionRequest } from './call/reduce.ts';
export { legOf, ringSide, wasAccepted, type RingSide } from './call/ring.ts';
export type { CallState } from './call/state.ts';
export type * from './call/types.ts';
export { listDevices, screenShareAvailable, type Permission } from './devices/browser.ts';
export type { CameraDirection, CameraManager, CameraState } from './devices/camera.ts';
export { watchLevel } from './devices/level.ts';
export type { DeviceManager } from './devices/manager.ts';
export type { MicrophoneManager, MicrophoneState } from './devices/microphone.ts';
export type { ScreenShareManager } from './devices/screen-share.ts';
export type { SoundElement, SpeakerManager, SpeakerState } from './devices/speaker.ts';
export type { DeviceState, DeviceStatus } from './devices/state.ts';
export { ConfabError, DeviceError, ErrorCode, TOKEN_MISMATCH, TOKEN_NOT_SET } from './errors.ts';
export type { DeviceErrorReason, DeviceKind } from './errors.ts';
export { consoleLogger, type Logger } from './logger.ts';
export type { ConnectionQuality, MediaFactory, MediaHandlers, MediaSession, Participant, Reaction } from './media/session.ts';
export type { Backoff, SocketFactory, SocketLike } from './socket.ts';
export type { Observable, Observer, Unsubscribe } from './store.ts';
export type { TokenOrProvider, TokenProvider } from './token.ts';
export { sanitizeUserId } from './userid.ts';
export type { ChatApi, MessageOptions } from './chat/api.ts';
export { callIdOf, conversationIdOf, receiptOf, sortedConversations } from './chat/state.ts';
export type { ChatMessage, ChatState, Delivery, Receipt, Thread, Typer } from './chat/state.ts';
export type { OperatorApi, OperatorCall, OperatorParticipant, OperatorTrack } from './operator.ts';
export { ChatStore } from './chat/store.ts';
export type * from './call/coordinator.ts';
export type {
  CallSessionObject, ConversationObject, ConversationsResponse, ErrorObject, MessageObject, MessagesResponse, QuotedObject, ReactionObject,
  ReadObject, Role, UserObject,
} from './contract.ts';
