// SPDX-License-Identifier: Apache-2.0
/** Objects and events of the call coordinator. */
import type { CallSessionObject, UserObject } from '../contract.ts';

export type Capability =
  | 'join-call' | 'read-call' | 'create-call' | 'join-ended-call' | 'join-backstage' | 'update-call' | 'update-call-settings'
  | 'screenshare' | 'send-video' | 'send-audio' | 'end-call' | 'mute-users' | 'update-call-permissions' | 'block-users'
  | 'kick-user' | 'create-reaction' | 'send-event' | 'update-call-member' | 'remove-call-member';

export interface SettingsObject {
  audio: {
    mic_default_on: boolean;
    speaker_default_on: boolean;
    default_device: 'speaker' | 'earpiece';
    access_request_enabled: boolean;
    opus_dtx_enabled: boolean;
    redundant_coding_enabled: boolean;
  };
  video: {
    enabled: boolean;
    camera_default_on: boolean;
    camera_facing: 'front' | 'back' | 'external';
    access_request_enabled: boolean;
    target_resolution: { width: number; height: number; bitrate: number };
  };
  screensharing: { enabled: boolean; access_request_enabled: boolean };
  backstage: { enabled: boolean };
  ring: { incoming_call_timeout_ms: number; auto_cancel_timeout_ms: number; missed_call_timeout_ms: number; reject_when_busy: boolean };
  limits: { max_participants: number; max_duration_seconds: number };
}

export interface CallObject {
  cid: string;
  type: string;
  id: string;
  created_by: UserObject;
  created_at: string;
  updated_at: string;
  starts_at: string | null;
  ended_at: string | null;
  backstage: boolean;
  custom: Record<string, unknown>;
  settings: SettingsObject;
  blocked_user_ids: string[];
  conversation_id?: string;
}

/** Somebody listed on the call. Who is connected to it is a participant. */
export interface MemberObject {
  user_id: string;
  user: UserObject;
  role: string;
  custom: Record<string, unknown>;
  created_at: string;
  updated_at: string;
}

export interface RingLegObject {
  user_id: string;
  state: 'ringing' | 'accepted' | 'rejected' | 'busy' | 'missed' | 'stopped';
  device_id?: string;
}

export interface RingObject {
  id: string;
  state: 'ringing' | 'accepted' | 'ended';
  outcome: 'accepted' | 'declined' | 'missed' | 'cancelled' | 'busy' | null;
  mode: 'group' | 'team';
  caller: UserObject;
  video: boolean;
  started_at: string;
  expires_at: string;
  legs: RingLegObject[];
}

export interface CallResponse {
  call: CallObject;
  members: MemberObject[];
  state: CallSessionObject | null;
  own_capabilities: Capability[];
  ring: RingObject | null;
}

export interface JoinResponse extends CallResponse {
  created: boolean;
  credentials: { url: string; token: string; identity: string };
}

export interface ReactionObject {
  type: string;
  emoji_code?: string;
  custom?: Record<string, unknown>;
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
  /** 0 unless it was completed. */
  duration_s: number;
  participants: UserObject[];
  quality: 'excellent' | 'good' | 'poor' | null;
}
