// SPDX-License-Identifier: Apache-2.0
/** The events of a call, by their type. */
import type { CallSessionObject, UserObject } from '../contract.ts';
import type { CallObject, Capability, MemberObject, ReactionObject, RingObject } from './coordinator.ts';

interface Base<T extends string> {
  type: T;
  cid: string;
  conversation_id?: string;
  cursor?: number;
}

export interface CallEvents {
  'call.created': Base<'call.created'> & { call: CallObject; members: MemberObject[]; user: UserObject };
  'call.notification': Base<'call.notification'> & { call: CallObject; members: MemberObject[]; user: UserObject };
  /** Somebody calls. */
  'call.ring': Base<'call.ring'> & { call: CallObject; members: MemberObject[]; ring: RingObject; user: UserObject };
  'call.accepted': Base<'call.accepted'> & { ring: RingObject; user: UserObject; device_id?: string };
  'call.rejected': Base<'call.rejected'> & { ring?: RingObject; session_id?: string; user: UserObject; reason: string; device_id?: string };
  'call.missed': Base<'call.missed'> & { ring: RingObject; user: UserObject };
  'call.updated': Base<'call.updated'> & { call: CallObject };
  'call.ended': Base<'call.ended'> & { call: CallObject; user: UserObject };
  'call.live_started': Base<'call.live_started'> & { call: CallObject; user: UserObject };
  'call.member_added': Base<'call.member_added'> & { members: MemberObject[] };
  'call.member_updated': Base<'call.member_updated'> & { members: MemberObject[] };
  'call.member_removed': Base<'call.member_removed'> & { members: string[] };
  'call.permission_request': Base<'call.permission_request'> & { user: UserObject; permissions: string[] };
  'call.permissions_updated': Base<'call.permissions_updated'> & { user: UserObject; own_capabilities: Capability[] };
  'call.blocked_user': Base<'call.blocked_user'> & { user: UserObject; by: UserObject };
  'call.unblocked_user': Base<'call.unblocked_user'> & { user: UserObject; by: UserObject };
  'call.kicked_user': Base<'call.kicked_user'> & { user: UserObject; by: UserObject };
  'call.user_muted': Base<'call.user_muted'> & { muted_user_ids: string[]; by: UserObject; kinds: string[] };
  'call.session_started': Base<'call.session_started'> & { state: CallSessionObject };
  'call.session_ended': Base<'call.session_ended'> & { session_id: string };
  'call.session_participant_joined': Base<'call.session_participant_joined'> & { user: UserObject; state: CallSessionObject | null };
  'call.session_participant_left': Base<'call.session_participant_left'> & { user: UserObject; state: CallSessionObject | null };
  'call.reaction_new': Base<'call.reaction_new'> & { user: UserObject; reaction: ReactionObject };
  custom: Base<'custom'> & { user: UserObject; custom: Record<string, unknown> };
}

export type CallEventType = keyof CallEvents;
export type CallEvent = CallEvents[CallEventType];
