// SPDX-License-Identifier: Apache-2.0
/**
 * The objects and events of the HTTP API and the event socket. Written by web/contract.mjs from api/openapi.yaml:
 * change that, then run `npm run contract`.
 * Times are RFC 3339 UTC with milliseconds; message ids grow and are the order of a conversation.
 */

export interface UserObject {
  id: string;
  name: string;
  role: 'admin' | 'user';
  /** URL of a picture. */
  image?: string;
}

export interface MessageObject {
  id: number;
  conversation_id: string;
  user: UserObject;
  text: string;
  /** Chosen by the sender; sending it twice stores one message. */
  client_id: string;
  created_at: string;
}

/** A call that somebody is in right now. */
export interface CallSessionObject {
  cid: string;
  session_id: string;
  started_at: string;
  started_by: UserObject;
  participants: UserObject[];
}

export interface ConversationObject {
  /** The customer's user id. */
  id: string;
  user: UserObject;
  last_message: MessageObject | null;
  /** Null while nobody is in the conversation's call. */
  call: CallSessionObject | null;
  updated_at: string;
}

export interface CallObject {
  cid: string;
  type: 'default' | 'audio_room' | 'livestream' | 'development';
  id: string;
  created_by: UserObject;
  created_at: string;
}

export interface CallResponse {
  call: CallObject;
  state: CallSessionObject | null;
}

export interface JoinResponse {
  call: CallObject;
  created: boolean;
  own_capabilities: ('join-call' | 'send-audio' | 'send-video' | 'screenshare')[];
  credentials: {
    url: string;
    token: string;
    identity: string;
  };
}

export interface ConversationsResponse {
  conversations: ConversationObject[];
  cursor: number;
}

export interface MessagesResponse {
  messages: MessageObject[];
  has_more: boolean;
}

export interface ErrorObject {
  code: number;
  status_code: number;
  message: string;
}

/** Everything that arrives on the event socket, by its `type`. */
export interface ServerEvents {
  'connection.ok': {
    type: 'connection.ok';
    cursor: number;
    me: UserObject;
    connection_id: string;
  };
  'connection.error': {
    type: 'connection.error';
    error: ErrorObject;
  };
  'message.new': {
    type: 'message.new';
    cursor: number;
    conversation_id: string;
    message: MessageObject;
  };
  'call.session_started': {
    type: 'call.session_started';
    cursor: number;
    cid: string;
    conversation_id?: string;
    state: CallSessionObject;
  };
  'call.session_participant_joined': {
    type: 'call.session_participant_joined';
    cid: string;
    conversation_id?: string;
    user: UserObject;
    state: CallSessionObject | null;
  };
  'call.session_participant_left': {
    type: 'call.session_participant_left';
    cid: string;
    conversation_id?: string;
    user: UserObject;
    state: CallSessionObject | null;
  };
  'call.session_ended': {
    type: 'call.session_ended';
    cursor: number;
    cid: string;
    conversation_id?: string;
    session_id: string;
  };
  'call.rejected': {
    type: 'call.rejected';
    cid: string;
    conversation_id?: string;
    session_id: string;
    user: UserObject;
    reason: string;
  };
  resync: {
    type: 'resync';
  };
  'health.check': {
    type: 'health.check';
  };
}

export type Role = UserObject['role'];
export type ServerEvent = ServerEvents[keyof ServerEvents];
export type CallEventType = Extract<keyof ServerEvents, `call.${string}`>;
