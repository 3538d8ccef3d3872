// SPDX-License-Identifier: Apache-2.0
/** What the methods of a call are given and give back. */
import type { Capability, MemberObject, CallSettingsObject } from '../contract.ts';

type Deep<T> = { [K in keyof T]?: T[K] extends object ? Deep<T[K]> : T[K] };

export interface MemberRequest {
  user_id: string;
  role?: string;
  custom?: Record<string, unknown>;
}

export interface NewCallData {
  /** Ringing and notifying address members. */
  members?: readonly MemberRequest[];
  custom?: Record<string, unknown>;
  /** Beats the call type's settings. */
  settings_override?: Deep<CallSettingsObject>;
  /** RFC 3339. */
  starts_at?: string;
  backstage?: boolean;
}

export interface GetOptions {
  /** Hear the call's events without joining. */
  watch?: boolean;
}

export interface CreateOptions extends GetOptions {
  data?: NewCallData;
  /** Telephone behaviour: the members' devices ring, and this client joins by itself when the first one accepts. */
  ring?: boolean;
  /** Tells the members that the call exists. */
  notify?: boolean;
  /** What the ring screen says: a video call (the default), or one with sound only. */
  video?: boolean;
}

export interface JoinOptions extends CreateOptions {
  /** Make the call when it does not exist. Without it, joining an unknown call rejects with code 16. */
  create?: boolean;
  /** This user's other devices and tabs leave: the call goes on here. Without it one person may be in a call twice. */
  take_over?: boolean;
}

export interface LeaveOptions {
  /** Also declines a call that rings here, or cancels one that I ring. */
  reject?: boolean;
  /** decline, busy, cancel, timeout, or words of your own. */
  reason?: string;
}

export interface FeedbackOptions {
  /** In their own words, up to 500 bytes. */
  reason?: string;
  /** Of which session; the last one that one was in by default. */
  session_id?: string;
}

export interface UpdateOptions {
  custom?: Record<string, unknown>;
  settings_override?: Deep<CallSettingsObject>;
  starts_at?: string;
}

/** Conditions on fields: a value, or operators `$eq $in $gt $gte $lt $lte $exists`; together with `$and`, `$or`. */
export type FilterConditions = Record<string, unknown>;

export interface Sort {
  field: string;
  /** 1: small first. */
  direction: 1 | -1;
}

export interface PageRequest {
  filter_conditions?: FilterConditions;
  sort?: readonly Sort[];
  limit?: number;
  /** Cursors of an earlier answer. */
  next?: string;
  prev?: string;
}

export interface MembersPage {
  members: MemberObject[];
  next?: string;
  prev?: string;
}

/** The rights that one can ask for. */
export type RequestablePermission = Extract<Capability, 'send-audio' | 'send-video' | 'screenshare'>;
export type MuteKind = 'audio' | 'video' | 'screenshare' | 'screenshare_audio';
