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
  /** Empty once it was deleted. */
  text: string;
  /** Chosen by the sender; sending it twice stores one message. */
  client_id: string;
  created_at: string;
  /** When it was edited last. */
  updated_at?: string;
  /** When it was deleted; a placeholder stays. */
  deleted_at?: string;
  /** A note of the team, which the customer does not see. */
  private?: true;
  quoted?: QuotedObject;
  reactions: ReactionObject[];
}

/** The message that this one answers, as it is now. */
export interface QuotedObject {
  id: number;
  user_id: string;
  user_name: string;
  /** Empty once it was deleted. */
  text: string;
}

export interface ReactionObject {
  /** An emoji, or a name. */
  type: string;
  user_ids: string[];
}

/** Up to which message somebody has read a conversation, and been given it; 0 is nothing yet. */
export interface ReadObject {
  user_id: string;
  role: 'admin' | 'user';
  last_read_message_id: number;
  last_delivered_message_id: number;
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
  /** Others' messages that the asker has not read; counting stops at 100. */
  unread: number;
  reads: ReadObject[];
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
  /** Who is online, of the team; for the team, everybody. */
  online: string[];
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
  'message.updated': {
    type: 'message.updated';
    cursor: number;
    conversation_id: string;
    message: MessageObject;
    user: UserObject;
  };
  'message.deleted': {
    type: 'message.deleted';
    cursor: number;
    conversation_id: string;
    message: MessageObject;
    user: UserObject;
  };
  'reaction.new': {
    type: 'reaction.new';
    cursor: number;
    conversation_id: string;
    message: MessageObject;
    user: UserObject;
  };
  'reaction.deleted': {
    type: 'reaction.deleted';
    cursor: number;
    conversation_id: string;
    message: MessageObject;
    user: UserObject;
  };
  'message.read': {
    type: 'message.read';
    conversation_id: string;
    user: UserObject;
    read: ReadObject;
  };
  'typing.start': {
    type: 'typing.start';
    conversation_id: string;
    user: UserObject;
  };
  'typing.stop': {
    type: 'typing.stop';
    conversation_id: string;
    user: UserObject;
  };
  'user.presence.changed': {
    type: 'user.presence.changed';
    user: UserObject;
    online: boolean;
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
