// SPDX-License-Identifier: Apache-2.0
/** What the server sends through a push service (docs/api.md, Notifications). Pure. */

export interface MessagePush {
  type: 'message.new';
  conversation_id: string;
  user: { id: string; name: string };
  text: string;
  attachments: number;
  language: string;
}

export interface RingPush {
  type: 'call.ring';
  cid: string;
  conversation_id?: string;
  /** Who calls. */
  user: { id: string; name: string };
  /** The group that is called. */
  channel_name?: string;
  video: boolean;
  expires_at: string;
  language: string;
}

/** What became of a ring that this browser was told of. */
export interface RingEndedPush {
  type: 'call.ring_ended';
  cid: string;
  conversation_id?: string;
  user: { id: string; name: string };
  channel_name?: string;
  video: boolean;
  outcome: 'missed' | 'answered' | 'declined';
  language: string;
}

export type Push = MessagePush | RingPush | RingEndedPush;

/** undefined: nothing that this version knows. A server that is newer than the worker may send more. */
export function parsePush(text: string | undefined): Push | undefined {
  let value: Record<string, unknown>;
  try {
    value = Object(JSON.parse(text ?? '')) as typeof value;
  } catch {
    return undefined;
  }
  const user = Object(value['user']) as Record<string, unknown>;
  const has = (...names: string[]) => names.every((name) => typeof value[name] === 'string');
  const namesGroup = value['channel_name'] === undefined || has('channel_name');
  if (typeof user['name'] !== 'string' || !has('language')) return undefined;
  switch (value['type']) {
    case 'message.new':
      return has('conversation_id', 'text') ? (value as unknown as Push) : undefined;
    case 'call.ring':
      return has('cid', 'expires_at') && namesGroup ? (value as unknown as Push) : undefined;
    case 'call.ring_ended':
      return has('cid', 'outcome') && namesGroup ? (value as unknown as Push) : undefined;
    default:
      return undefined;
  }
}

/** Notifications of one tag take each other's place. */
export const tagOf = (push: Push): string => (push.type === 'message.new' ? `message ${push.conversation_id}` : `call ${push.cid}`);
