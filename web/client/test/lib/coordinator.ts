// SPDX-License-Identifier: Apache-2.0
/** Replies and events of the coordinator, as the contract has them. */
import type { CallObject, CallResponse, Capability, MemberObject, RingLegObject, RingObject, CallSettingsObject, UserObject } from '../../src/index.ts';

export const ann: UserObject = { id: 'ann', name: 'Ann', role: 'user' };
export const tom: UserObject = { id: 'tom', name: 'Tom', role: 'admin' };
export const eve: UserObject = { id: 'eve', name: 'Eve', role: 'user' };

const AT = '2026-11-22T10:00:00.000Z';

export const settings: CallSettingsObject = {
  audio: {
    mic_default_on: true,
    speaker_default_on: true,
    default_device: 'speaker',
    access_request_enabled: true,
    opus_dtx_enabled: true,
    redundant_coding_enabled: true,
  },
  video: {
    enabled: true,
    camera_default_on: true,
    camera_facing: 'front',
    access_request_enabled: true,
    target_resolution: { width: 1280, height: 720, bitrate: 1_500_000 },
  },
  screensharing: { enabled: true, access_request_enabled: true },
  backstage: { enabled: false },
  ring: { incoming_call_timeout_ms: 15_000, auto_cancel_timeout_ms: 15_000, missed_call_timeout_ms: 15_000, reject_when_busy: true },
  limits: { max_participants: 0, max_duration_seconds: 0 },
};

export function callObject(change: Partial<CallObject> = {}): CallObject {
  return {
    cid: 'default:room',
    type: 'default',
    id: 'room',
    created_by: ann,
    created_at: AT,
    updated_at: AT,
    starts_at: null,
    ended_at: null,
    backstage: false,
    custom: {},
    settings,
    blocked_user_ids: [],
    ...change,
  };
}

export const member = (user: UserObject, role = 'user'): MemberObject => ({
  user_id: user.id,
  user,
  role,
  custom: {},
  created_at: AT,
  updated_at: AT,
});

export const ALL: Capability[] = [
  'join-call', 'read-call', 'create-call', 'send-audio', 'send-video', 'screenshare', 'create-reaction', 'send-event', 'update-call',
];

export function callReply(change: Partial<CallResponse> = {}): CallResponse {
  return { call: callObject(), members: [member(ann), member(tom)], state: null, own_capabilities: ALL, ring: null, ...change };
}

export function leg(user_id: string, state: RingLegObject['state'], device_id?: string): RingLegObject {
  const user = [ann, tom, eve].find(({ id }) => id === user_id) ?? { id: user_id, name: user_id, role: 'admin' as const };
  return { user_id, user, state, ...(device_id === undefined ? {} : { device_id }) };
}

/** Rings `legs`, all of them unless they say otherwise. */
export function ring(id: string, caller: UserObject, legs: Record<string, RingLegObject['state']>, change: Partial<RingObject> = {}): RingObject {
  return {
    id,
    state: 'ringing',
    outcome: null,
    mode: 'group',
    caller,
    video: true,
    started_at: AT,
    expires_at: AT,
    legs: Object.entries(legs).map(([user_id, state]) => leg(user_id, state)),
    ...change,
  };
}
