// SPDX-License-Identifier: Apache-2.0
/**
 * The objects and events of the HTTP API and the event socket. Written by web/contract.mjs from api/openapi.yaml:
 * change that, then run `npm run contract`.
 * Times are RFC 3339 UTC with milliseconds; message ids grow and are the order of a conversation.
 */

export interface UserObject {
  id: string;
  name: string;
  role: 'admin' | 'user' | 'guest' | 'anonymous';
  /** URL of a picture. */
  image?: string;
}

export interface MessageObject {
  id: number;
  conversation_id: string;
  /** system: written by the server, about a call or the conversation. */
  type: 'regular' | 'system';
  /** What became of the call; of system messages. */
  call?: CallCardObject;
  /** What was done with the conversation; of system messages. */
  activity?: ActivityObject;
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
  attachments: AttachmentObject[];
}

/** The message that this one answers, as it is now. */
export interface QuotedObject {
  id: number;
  user_id: string;
  user_name: string;
  /** Empty once it was deleted. */
  text: string;
}

/** What the message's user did. status: value is the new one; assigned: value is the user's id, text the name; labelled, unlabelled: the label's; rated: value is 1 to 5, text the comment; away: text is what the customer was told; merged: value is the id of the customer whose conversation was put into this one, text their name. */
export interface ActivityObject {
  type: 'status' | 'reopened' | 'woken' | 'priority' | 'assigned' | 'unassigned' | 'labelled' | 'unlabelled' | 'rated' | 'away' | 'merged';
  value?: string;
  text?: string;
}

/** What becomes of a conversation. Customers are told `status` (`pending` for `snoozed`) and `question` only. */
export interface SupportObject {
  status: 'open' | 'pending' | 'snoozed' | 'resolved';
  /** The customer is asked how it was: the number to answer with. */
  question?: number;
  status_at?: string | null;
  assignee?: UserObject | null;
  labels?: number[];
  /** The customer's oldest message without an answer. */
  waiting_since?: string | null;
  priority?: 'low' | 'normal' | 'high' | 'urgent';
  /** Of a snoozed one: when it is open again. */
  snoozed_until?: string;
}

export interface TeamResponse {
  team: UserObject[];
}

export interface LabelObject {
  id: number;
  name: string;
  color: string;
}

export interface LabelsResponse {
  labels: LabelObject[];
  id?: number;
}

export interface CannedReplyObject {
  id: number;
  shortcut: string;
  text: string;
}

export interface CannedRepliesResponse {
  canned: CannedReplyObject[];
  id?: number;
}

/** From the customer's first message to the resolution. */
export interface CaseObject {
  id: number;
  opened_at: string;
  replied_at: string | null;
  resolved_at: string | null;
  resolved_by?: string;
  rating?: number;
  comment?: string;
}

/** page to time_zone are what their own client says. */
export interface CustomerObject {
  user: UserObject;
  created_at: string;
  first_seen_at: string | null;
  last_seen_at: string | null;
  page?: string;
  title?: string;
  /** The browser's User-Agent. */
  agent?: string;
  language?: string;
  time_zone?: string;
  /** The team's; never shown to the customer. */
  notes: string;
  notes_by?: string;
  notes_at: string | null;
  cases: CaseObject[];
  calls: CallCardObject[];
  /** In their conversation, notes and the cards of calls, too. */
  message_count: number;
}

export interface OpeningTimeObject {
  from: string;
  /** HH:MM, at most 24:00. */
  to: string;
}

export interface HoursObject {
  enabled: boolean;
  /** For example Europe/Berlin. */
  time_zone: string;
  /** Monday first. */
  week: OpeningTimeObject[][];
  /** YYYY-MM-DD. */
  holidays: string[];
  /** What a customer who writes out of hours is told. */
  away_text: string;
  /** Customers are asked how it was when a conversation is resolved. */
  ask: boolean;
  /** Customers see when the team has read their message; without it they see that it has arrived, and the team's last_read_message_id is 0 to them. Left out of a change: true. */
  read_receipts?: boolean;
  /** Customers wait so long between two messages; 0: off. Left out of a change: 0. */
  slow_mode_s?: number;
}

export interface HoursNowObject {
  open: boolean;
  opens_at: string | null;
}

/** Now, and of the cases that were opened in the days asked for. A median is the lower one of an even number. */
export interface FiguresResponse {
  open: number;
  pending: number;
  snoozed: number;
  /** Open or pending. */
  unassigned: number;
  waiting: number;
  oldest_waiting_since: string | null;
  cases: number;
  replied: number;
  resolved: number;
  first_reply_median_s: number | null;
  resolution_median_s: number | null;
  ratings: number;
  rating_mean: number | null;
  /** Of calls, given in these days. */
  call_ratings: number;
  call_rating_mean: number | null;
  /** Everybody of it, by name. */
  team: MemberFiguresObject[];
}

/** Of one of the team, and of the cases that were opened in the days asked for. Ratings are of what they resolved. */
export interface MemberFiguresObject {
  user: UserObject;
  /** First replies. */
  replied: number;
  first_reply_median_s: number | null;
  resolved: number;
  ratings: number;
  rating_mean: number | null;
}

export interface AuditRowObject {
  id: number;
  at: string;
  actor_id: string;
  action: string;
  target?: string;
  detail?: string;
  /** the address that the actor came from; absent in rows from before it was kept */
  place?: string;
}

export interface AuditResponse {
  audit: AuditRowObject[];
  has_more: boolean;
}

/** A file of a message. Whoever has its address may see it; nobody guesses it. */
export interface AttachmentObject {
  id: string;
  name: string;
  /** Told from the bytes. */
  mime_type: string;
  size: number;
  width?: number;
  height?: number;
  /** On this server. */
  url: string;
  /** Of a voice note. */
  voice?: {
    duration_ms: number;
    /** A hex digit of loudness for each bar. */
    waveform: string;
  };
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
  /** Marked unread by hand, until it is read again. In one's own only: what others are told of never goes back. */
  first_unread_message_id?: number;
}

export interface UnreadResponse {
  read: ReadObject;
  /** Others' messages not read; counting stops at 100. */
  unread: number;
  /** Notes not read that name the asker. */
  mentions: number;
}

/** A call that somebody is in right now. */
export interface CallSessionObject {
  cid: string;
  session_id: string;
  started_at: string;
  started_by: UserObject;
  /** In the order of their coming. An event names the first ten, everything else all of them. */
  participants: UserObject[];
  /** How many they are. */
  participant_count: number;
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
  support: SupportObject;
  /** Notes not read yet that name the asker; for the team. */
  mentions?: number;
}

/** As one of its members sees it. */
export interface ChannelObject {
  id: string;
  type: 'direct' | 'group';
  name: string | null;
  created_by: string | null;
  /** Slow mode: seconds between two messages of a member who does not own it and is not of the team; 0 is off. */
  slow_mode_s: number;
  created_at: string;
  members: ChannelMemberObject[];
  member_count: number;
  last_message: MessageObject | null;
  /** Null while nobody is in its call. */
  call: CallSessionObject | null;
  updated_at: string;
  unread: number;
  reads: ReadObject[];
}

/** A direct or group conversation. Lists and events show the first 100 members. */
export interface ChannelInfoObject {
  id: string;
  type: 'direct' | 'group';
  /** Null of a direct one. */
  name: string | null;
  created_by: string | null;
  /** Slow mode: seconds between two messages of a member who does not own it and is not of the team; 0 is off. */
  slow_mode_s: number;
  created_at: string;
  members: ChannelMemberObject[];
  member_count: number;
}

export interface ChannelMemberObject {
  user: UserObject;
  role: 'owner' | 'member';
  joined_at: string;
}

export interface ChannelsResponse {
  channels: ChannelObject[];
  cursor: number;
}

export interface BanObject {
  user_id: string;
  /** The person reads it. */
  reason: string;
  /** Null: the account is gone. */
  by_user_id: string | null;
  created_at: string;
  /** Null is for good. */
  until: string | null;
}

export interface BansResponse {
  bans: BanObject[];
}

export interface BulkResponse {
  results: BulkResultObject[];
}

/** What became of one of several changes. */
export interface BulkResultObject {
  id: string;
  /** As it is now. */
  support?: SupportObject;
  /** Why it is as it was. */
  error?: ErrorObject;
}

/** Words that people may not write, or that the team is told of; whole ones, without regard to case. They do not hold for the team. */
export interface WordsObject {
  /** Messages with one of them are refused (code 73). At most 500 words of 64 bytes in both lists. */
  refuse: string[];
  /** Messages with one of them go, and are reported by themselves. */
  report: string[];
}

export interface ReportsResponse {
  reported: ReportedObject[];
  /** How many messages have open reports, up to 1000. */
  open: number;
}

export interface ReportedObject {
  /** As it is now. */
  message: MessageObject;
  /** As it was when it was reported first. */
  text: string;
  /** Where it was written. */
  conversation: {
    id: string;
    type: 'support' | 'direct' | 'group';
    /** Of the customer, of the group, or of both people. */
    names: string[];
    /** The asker may see the rest of it, too. */
    open_to_you: boolean;
  };
  /** The first 20. */
  reports: ReportObject[];
}

export interface ReportObject {
  /** Absent: the word list, or somebody who is gone. */
  user?: UserObject;
  /** The word of the list that was found. */
  word?: string;
  /** May be empty. */
  reason: string;
  created_at: string;
}

export interface BlockObject {
  user: UserObject;
  created_at: string;
}

export interface BlocksResponse {
  blocks: BlockObject[];
}

export interface CallObject {
  cid: string;
  type: string;
  id: string;
  conversation_id?: string;
  created_by: UserObject;
  created_at: string;
  updated_at: string;
  starts_at: string | null;
  ended_at: string | null;
  backstage: boolean;
  custom: Record<string, unknown>;
  settings: CallSettingsObject;
  blocked_user_ids: string[];
}

/** What holds on a call: built-in defaults, then its type, then its own. */
export interface CallSettingsObject {
  audio: {
    access_request_enabled: boolean;
    opus_dtx_enabled: boolean;
    redundant_coding_enabled: boolean;
    mic_default_on: boolean;
    speaker_default_on: boolean;
    default_device: 'speaker' | 'earpiece';
  };
  backstage: {
    enabled: boolean;
  };
  video: {
    enabled: boolean;
    access_request_enabled: boolean;
    camera_default_on: boolean;
    camera_facing: 'front' | 'back' | 'external';
    target_resolution: {
      width: number;
      height: number;
      bitrate: number;
    };
  };
  screensharing: {
    enabled: boolean;
    access_request_enabled: boolean;
  };
  ring: {
    incoming_call_timeout_ms: number;
    auto_cancel_timeout_ms: number;
    missed_call_timeout_ms: number;
    reject_when_busy: boolean;
  };
  limits: {
    max_participants: number;
    /** of a session; 0: without end */
    max_duration_seconds: number;
  };
}

/** The trace of a call in its conversation. */
export interface CallCardObject {
  cid: string;
  session_id?: string;
  outcome: 'completed' | 'missed' | 'declined' | 'cancelled' | 'busy';
  video: boolean;
  caller: UserObject;
  started_at: string;
  ended_at: string;
  duration_s: number;
  participants: UserObject[];
  quality: 'excellent' | 'good' | 'poor' | null;
  /** Of the group that was called. */
  channel_name?: string;
  /** What people said of it; not in the conversation. */
  feedback?: CallFeedbackObject[];
}

export interface CallFeedbackObject {
  user_id: string;
  rating: number;
  reason: string | null;
}

/** Somebody who is listed on a call, there or not. */
export interface MemberObject {
  user_id: string;
  user: UserObject;
  role: string;
  custom: Record<string, unknown>;
  created_at: string;
  updated_at: string;
}

export interface NewMember {
  user_id: string;
  role?: string;
  custom?: Record<string, unknown>;
}

export interface CallData {
  members?: NewMember[];
  custom?: Record<string, unknown>;
  settings_override?: Record<string, unknown>;
  starts_at?: string;
  backstage?: boolean;
}

export interface CallReactionObject {
  type: string;
  emoji_code?: string;
  custom?: Record<string, unknown>;
}

/** A ring that the server runs. */
export interface RingObject {
  id: string;
  state: 'ringing' | 'accepted' | 'ended';
  outcome: 'accepted' | 'declined' | 'missed' | 'cancelled' | 'busy' | null;
  /** team: the first who accepts is the only one. */
  mode: 'group' | 'team';
  caller: UserObject;
  video: boolean;
  started_at: string;
  expires_at: string;
  legs: RingLegObject[];
  /** Of the group that is called. */
  channel_name?: string;
}

export interface RingLegObject {
  user_id: string;
  user: UserObject;
  state: 'ringing' | 'accepted' | 'rejected' | 'busy' | 'missed' | 'stopped';
  device_id?: string;
}

export interface CallResponse {
  call: CallObject;
  members: MemberObject[];
  state: CallSessionObject | null;
  own_capabilities: ('join-call' | 'read-call' | 'create-call' | 'join-ended-call' | 'join-backstage' | 'update-call' | 'update-call-settings' | 'send-audio' | 'send-video' | 'screenshare' | 'end-call' | 'mute-users' | 'update-call-permissions' | 'block-users' | 'kick-user' | 'create-reaction' | 'send-event' | 'update-call-member' | 'remove-call-member')[];
  ring: RingObject | null;
}

export interface JoinResponse {
  call: CallObject;
  members: MemberObject[];
  state: CallSessionObject | null;
  own_capabilities: ('join-call' | 'read-call' | 'create-call' | 'join-ended-call' | 'join-backstage' | 'update-call' | 'update-call-settings' | 'send-audio' | 'send-video' | 'screenshare' | 'end-call' | 'mute-users' | 'update-call-permissions' | 'block-users' | 'kick-user' | 'create-reaction' | 'send-event' | 'update-call-member' | 'remove-call-member')[];
  ring: RingObject | null;
  created: boolean;
  /** of this answer: with it the age of state.started_at is right also where the asker's clock is wrong */
  server_time: string;
  credentials: {
    url: string;
    token: string;
    identity: string;
  };
}

export interface MembersResponse {
  members: MemberObject[];
  next?: string;
  prev?: string;
}

export interface CallsResponse {
  calls: CallResponse[];
  next?: string;
  prev?: string;
}

export interface CallTypesResponse {
  call_types: ({
    name: string;
    settings: CallSettingsObject;
    grants: Record<string, ('join-call' | 'read-call' | 'create-call' | 'join-ended-call' | 'join-backstage' | 'update-call' | 'update-call-settings' | 'send-audio' | 'send-video' | 'screenshare' | 'end-call' | 'mute-users' | 'update-call-permissions' | 'block-users' | 'kick-user' | 'create-reaction' | 'send-event' | 'update-call-member' | 'remove-call-member')[]>;
    builtin: boolean;
  })[];
}

export interface GuestResponse {
  user: UserObject;
  token: string;
}

export interface WidgetResponse {
  user: UserObject;
  /** a user token for an hour */
  token: string;
  /** of a visitor: with it and `user.id` the same browser comes back */
  key?: string;
}

export interface WidgetTeamResponse {
  /** Somebody of the team is. */
  online: boolean;
  hours?: HoursNowObject;
  usual_reply?: 'minutes' | 'hour' | 'hours' | 'day' | 'days';
}

export interface OperatorCallsResponse {
  calls: OperatorCallObject[];
  /** Calls of direct and group channels that the asker is no member of: only how many there are. */
  private: {
    calls: number;
    participants: number;
  };
}

export interface OperatorCallObject {
  cid: string;
  session_id: string;
  conversation_id?: string;
  started_at: string;
  participants: OperatorParticipantObject[];
}

export interface OperatorParticipantObject {
  user: {
    id: string;
    name: string;
    role: string;
    image?: string;
  };
  identity: string;
  quality: 'excellent' | 'good' | 'poor' | 'lost' | null;
  score: number | null;
  connected: boolean;
  /** Null until they were measured. */
  stats: {
    upload_bps: number;
    download_bps: number;
    upload_loss: number;
    download_loss: number;
    /** Null: they receive nothing that tells it. */
    rtt_ms: number | null;
  } | null;
  tracks: ({
    sid: string;
    source: string;
    muted: boolean;
  })[];
}

export interface OperatorHistoryResponse {
  cards: CallCardObject[];
}

export interface OperatorProblemObject {
  at: string;
  level: 'error' | 'warn';
  /** The part of the server that says so. */
  topic: string;
  text: string;
}

export interface OperatorProblemsResponse {
  problems: OperatorProblemObject[];
}

export interface OperatorServerObject {
  version: string;
  started_at: string;
  /** resident */
  memory_bytes: number;
  /** of the disk with the data folder; both are 0 when they are not known */
  disk_free_bytes: number;
  disk_bytes: number;
  /** event sockets of people */
  sockets: number;
  /** that somebody is in */
  calls: number;
  /** what the busiest media thread used of its core in the last second */
  media_busy: number;
  /** from there on nobody is let in (--media-load); 0 = no limit */
  media_limit: number;
  tls: boolean;
  certificate_ends_at: string | null;
  /** of messages. Limits are 0 when there are none: of all (--storage-total), of one person (--storage-per-person), and what files leave free on the disk (--disk-floor) */
  files: {
    count: number;
    bytes: number;
    limit_bytes: number;
    person_limit_bytes: number;
    disk_floor_bytes: number;
  };
}

export interface ServerWarningObject {
  /** disk_failed: nothing is stored until a restart. disk_low: files are refused, messages are not. certificate_ends: within 14 days, or it has. certificate_failed: the server could not get one, and browsers warn or soon will. */
  kind: 'disk_full' | 'disk_read_only' | 'disk_failed' | 'disk_low' | 'certificate_ends' | 'certificate_failed';
  /** Of certificate_ends. */
  ends_at?: string;
  /** Of certificate_failed: what the authority said. */
  cause?: string;
  /** Of certificate_failed: when it is tried again. */
  again_at?: string;
}

export interface OperatorWebhooksResponse {
  webhooks: WebhookObject[];
}

export interface WebhookObject {
  id: string;
  /** --event-webhook, about calls and chat; or --webhook, about rooms. */
  kind: 'events' | 'rooms';
  /** Without user, password, query and long parts of the path, which may be secrets. */
  url: string;
  /** Events that wait, with the one that is being sent. */
  waiting: number;
  /** Events that arrived since the server started. */
  delivered: number;
  /** Events that were given up, or for which there was no room. */
  failed: number;
  /** First those that wait, next first, at most 20; then those that are over, latest first. */
  deliveries: WebhookDeliveryObject[];
}

export interface WebhookDeliveryObject {
  /** X-WEBHOOK-ID */
  id: string;
  /** the event's */
  type: string;
  /** failed: given up. */
  state: 'waiting' | 'sending' | 'delivered' | 'failed';
  attempts: number;
  /** HTTP's answer to the last attempt; null: none came. */
  status: number | null;
  /** Why none came. */
  error?: string;
  created_at: string;
  attempted_at: string | null;
  /** Null also for one behind another that waits. */
  next_attempt_at: string | null;
  /** Of the last attempt. */
  duration_ms: number | null;
  /** What was sent is still there, to be sent again. */
  repeatable: boolean;
}

export interface WebhookDeliveryResponse {
  delivery: WebhookDeliveryObject;
}

export interface ConversationsResponse {
  conversations: ConversationObject[];
  cursor: number;
  /** Who is online, of the team; for the team, everybody. */
  online: string[];
  /** Business hours now, where there are any. */
  hours?: HoursNowObject;
  /** How long customers wait between two messages; not there: not at all. */
  slow_mode_s?: number;
  /** For customers. */
  usual_reply?: 'minutes' | 'hour' | 'hours' | 'day' | 'days';
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
  reply: {
    type: 'reply';
    /** Of the frame that it answers; not there when that had none. */
    request_id?: string;
    /** What the POST answers. */
    status_code: number;
    /** The message as it is stored. */
    message?: MessageObject;
    /** Or why it is not. */
    error?: ErrorObject;
    /** Seconds, with some errors. */
    retry_after?: number;
  };
  'connection.ok': {
    type: 'connection.ok';
    cursor: number;
    me: UserObject;
    connection_id: string;
    /** Types of the frames that clients may send; older servers do not say and take none. */
    accepts?: string[];
    /** For admins: as in server.warnings. */
    warnings?: ServerWarningObject[];
  };
  'connection.error': {
    type: 'connection.error';
    error: ErrorObject;
    /** Seconds, with 429. */
    retry_after?: number;
  };
  'message.new': {
    type: 'message.new';
    /** To the socket that sent the message: this is the reply to it. */
    request_id?: string;
    cursor: number;
    conversation_id: string;
    message: MessageObject;
    /** Of the conversation, when the message has changed it. */
    support?: SupportObject;
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
  'conversation.updated': {
    type: 'conversation.updated';
    cursor: number;
    conversation_id: string;
    support: SupportObject;
    /** Who did it; for the team. */
    user_id?: string;
  };
  'channel.updated': {
    type: 'channel.updated';
    cursor: number;
    conversation_id: string;
    /** Who made or changed it. */
    user: UserObject;
    channel: ChannelInfoObject;
  };
  'conversation.cleared': {
    type: 'conversation.cleared';
    conversation_id: string;
  };
  'conversation.merged': {
    type: 'conversation.merged';
    /** Which one is gone. */
    conversation_id: string;
    /** Where it is now. */
    into: string;
    /** Who did it. */
    user: UserObject;
  };
  'channel.left': {
    type: 'channel.left';
    conversation_id: string;
    /** Who did it. */
    user: UserObject;
  };
  'message.read': {
    type: 'message.read';
    conversation_id: string;
    user: UserObject;
    read: ReadObject;
  };
  'message.unread': {
    type: 'message.unread';
    conversation_id: string;
    user: UserObject;
    read: ReadObject;
    unread: number;
    mentions: number;
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
  'viewing.start': {
    type: 'viewing.start';
    conversation_id: string;
    user: UserObject;
  };
  'viewing.stop': {
    type: 'viewing.stop';
    conversation_id: string;
    user: UserObject;
  };
  'server.warnings': {
    type: 'server.warnings';
    warnings: ServerWarningObject[];
  };
  'labels.updated': {
    type: 'labels.updated';
    labels: LabelObject[];
  };
  'canned.updated': {
    type: 'canned.updated';
    canned: CannedReplyObject[];
  };
  'reports.updated': {
    type: 'reports.updated';
    /** How many messages have open reports. */
    open: number;
  };
  'words.updated': {
    type: 'words.updated';
    refuse: string[];
    report: string[];
  };
  'hours.updated': {
    type: 'hours.updated';
    /** Customers see what the team has read. */
    read_receipts: boolean;
    usual_reply?: 'minutes' | 'hour' | 'hours' | 'day' | 'days';
    /** Customers wait so long between two messages; 0 is off. */
    slow_mode_s: number;
    /** Where there are any. */
    hours?: HoursNowObject;
  };
  'user.updated': {
    type: 'user.updated';
    user: UserObject;
  };
  'user.presence.changed': {
    type: 'user.presence.changed';
    user: UserObject;
    online: boolean;
  };
  'call.created': {
    type: 'call.created';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    call: CallObject;
    members: MemberObject[];
    user: UserObject;
  };
  'call.notification': {
    type: 'call.notification';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    call: CallObject;
    members: MemberObject[];
    user: UserObject;
  };
  'call.ring': {
    type: 'call.ring';
    cursor?: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    call?: CallObject;
    members?: MemberObject[];
    ring: RingObject;
    user: UserObject;
  };
  'call.accepted': {
    type: 'call.accepted';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    ring: RingObject;
    user: UserObject;
    device_id?: string;
  };
  'call.rejected': {
    type: 'call.rejected';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    ring?: RingObject;
    user: UserObject;
    reason: string;
    device_id?: string;
    session_id?: string;
  };
  'call.missed': {
    type: 'call.missed';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    ring: RingObject;
    user: UserObject;
  };
  'call.updated': {
    type: 'call.updated';
    /** of call.ended: the server ended it */
    reason?: 'max_duration';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    call: CallObject;
    user: UserObject;
  };
  'call.live_started': {
    type: 'call.live_started';
    /** of call.ended: the server ended it */
    reason?: 'max_duration';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    call: CallObject;
    user: UserObject;
  };
  'call.ended': {
    type: 'call.ended';
    /** of call.ended: the server ended it */
    reason?: 'max_duration';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    call: CallObject;
    user: UserObject;
  };
  'call.member_added': {
    type: 'call.member_added';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    call: CallObject;
    members: MemberObject[];
  };
  'call.member_updated': {
    type: 'call.member_updated';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    call: CallObject;
    members: MemberObject[];
  };
  'call.member_removed': {
    type: 'call.member_removed';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    members: string[];
  };
  'call.permission_request': {
    type: 'call.permission_request';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    user: UserObject;
    permissions: ('join-call' | 'read-call' | 'create-call' | 'join-ended-call' | 'join-backstage' | 'update-call' | 'update-call-settings' | 'send-audio' | 'send-video' | 'screenshare' | 'end-call' | 'mute-users' | 'update-call-permissions' | 'block-users' | 'kick-user' | 'create-reaction' | 'send-event' | 'update-call-member' | 'remove-call-member')[];
  };
  'call.permissions_updated': {
    type: 'call.permissions_updated';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    user: UserObject;
    own_capabilities: ('join-call' | 'read-call' | 'create-call' | 'join-ended-call' | 'join-backstage' | 'update-call' | 'update-call-settings' | 'send-audio' | 'send-video' | 'screenshare' | 'end-call' | 'mute-users' | 'update-call-permissions' | 'block-users' | 'kick-user' | 'create-reaction' | 'send-event' | 'update-call-member' | 'remove-call-member')[];
  };
  'call.blocked_user': {
    type: 'call.blocked_user';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    user: UserObject;
    by: UserObject;
  };
  'call.unblocked_user': {
    type: 'call.unblocked_user';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    user: UserObject;
    by: UserObject;
  };
  'call.kicked_user': {
    type: 'call.kicked_user';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    user: UserObject;
    by: UserObject;
  };
  'call.user_muted': {
    type: 'call.user_muted';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    muted_user_ids: string[];
    by: UserObject;
    kinds: ('audio' | 'video' | 'screenshare' | 'screenshare_audio')[];
  };
  'call.session_started': {
    type: 'call.session_started';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    state: CallSessionObject;
  };
  'call.session_participant_joined': {
    type: 'call.session_participant_joined';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    user: UserObject;
    state: CallSessionObject | null;
  };
  'call.session_participant_left': {
    type: 'call.session_participant_left';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    user: UserObject;
    state: CallSessionObject | null;
  };
  'call.session_ended': {
    type: 'call.session_ended';
    cursor: number;
    cid: string;
    conversation_id?: string;
    created_at: string;
    session_id: string;
  };
  'call.reaction_new': {
    type: 'call.reaction_new';
    cid: string;
    conversation_id?: string;
    created_at: string;
    user: UserObject;
    reaction: CallReactionObject;
  };
  custom: {
    type: 'custom';
    cid: string;
    conversation_id?: string;
    created_at: string;
    user: UserObject;
    custom: Record<string, unknown>;
  };
  resync: {
    type: 'resync';
  };
  'health.check': {
    type: 'health.check';
  };
}

export type Role = UserObject['role'];
export type SupportStatus = SupportObject['status'];
export type SupportPriority = NonNullable<SupportObject['priority']>;
export type Capability = JoinResponse['own_capabilities'][number];
export type ServerEvent = ServerEvents[keyof ServerEvents];
export type CallEventType = Extract<keyof ServerEvents, `call.${string}` | 'custom'>;
