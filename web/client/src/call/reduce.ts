// SPDX-License-Identifier: Apache-2.0
/** What the server told of a call, and how each reply and event changes it: a pure function. */
import type { CallSessionObject, UserObject } from '../contract.ts';
import { fresh } from '../chat/rename.ts';
import type { CallEvent } from './events.ts';
import { nextSession } from './session.ts';
import type { CallObject, CallResponse, MemberObject, CallReactionObject, RingObject } from '../contract.ts';

export interface PermissionRequest {
  readonly user: UserObject;
  readonly permissions: readonly string[];
}

export interface CallKnowledge {
  readonly call: CallObject | undefined;
  readonly members: readonly MemberObject[];
  readonly session: CallSessionObject | null;
  readonly ownCapabilities: readonly string[];
  readonly ring: RingObject | null;
  readonly permissionRequests: readonly PermissionRequest[];
  /** By user id. */
  readonly reactions: ReadonlyMap<string, CallReactionObject>;
}

export const emptyCall: CallKnowledge = {
  call: undefined,
  members: [],
  session: null,
  ownCapabilities: [],
  ring: null,
  permissionRequests: [],
  reactions: new Map(),
};

export type CallAction =
  | { type: 'reply'; reply: CallResponse }
  | { type: 'event'; event: CallEvent; me: string | undefined }
  | { type: 'renamed'; user: UserObject }
  | { type: 'reaction.reset'; userId: string }
  | { type: 'request.answered'; userId: string };

const LASTING: readonly CallEvent['type'][] = [
  'call.updated', 'call.ended', 'call.live_started', 'call.member_added', 'call.member_updated', 'call.member_removed', 'call.session_started',
  'call.session_participant_joined', 'call.session_participant_left', 'call.session_ended', 'call.permissions_updated', 'call.blocked_user', 'call.unblocked_user',
];

/** Whether it is to be applied once more after an answer that it may have overtaken. A ring sees to that itself: see `newerRing`. */
export const isLasting = (event: CallEvent): boolean => LASTING.includes(event.type);

export function reduceCall(known: CallKnowledge, action: CallAction): CallKnowledge {
  switch (action.type) {
    case 'reply':
      return onReply(known, action.reply);
    case 'event':
      return onEvent(known, action.event, action.me);
    case 'renamed':
      return withRenamed(known, action.user);
    case 'reaction.reset': {
      if (!known.reactions.has(action.userId)) return known;
      const reactions = new Map(known.reactions);
      reactions.delete(action.userId);
      return { ...known, reactions };
    }
    case 'request.answered':
      return withoutRequest(known, action.userId);
  }
}

function onReply(known: CallKnowledge, reply: CallResponse): CallKnowledge {
  return {
    ...known,
    call: reply.call ?? known.call,
    members: reply.members ?? known.members,
    session: reply.state,
    ownCapabilities: sameList(known.ownCapabilities, reply.own_capabilities ?? known.ownCapabilities),
    ring: reply.ring === undefined ? known.ring : newerRing(known.ring, reply.ring),
  };
}

function onEvent(known: CallKnowledge, event: CallEvent, me: string | undefined): CallKnowledge {
  switch (event.type) {
    case 'call.created':
    case 'call.notification':
      return { ...known, call: event.call, members: event.members ?? known.members };
    case 'call.ring':
      return {
        ...known,
        call: event.call ?? known.call,
        members: event.members ?? known.members,
        ring: newerRing(known.ring, event.ring),
      };
    case 'call.accepted':
    case 'call.missed':
      return { ...known, ring: newerRing(known.ring, event.ring) };
    case 'call.rejected':
      return event.ring ? { ...known, ring: newerRing(known.ring, event.ring) } : known;
    case 'call.updated':
    case 'call.ended':
    case 'call.live_started':
      return { ...known, call: event.call };
    case 'call.member_added':
    case 'call.member_updated':
      return { ...known, members: mergeMembers(known.members, event.members) };
    case 'call.member_removed':
      return { ...known, members: known.members.filter((m) => !event.members.includes(m.user_id)) };
    case 'call.session_started':
    case 'call.session_participant_joined':
    case 'call.session_participant_left':
      return { ...known, session: nextSession(known.session, event) };
    case 'call.session_ended':
      // the end of an older session must not hide the one that runs now
      return known.session && known.session.session_id !== event.session_id ? known : { ...known, session: null };
    case 'call.permission_request':
      return withRequest(known, { user: event.user, permissions: event.permissions });
    case 'call.permissions_updated': {
      const next = withoutRequest(known, event.user.id);
      if (event.user.id !== me) return next;
      return { ...next, ownCapabilities: sameList(next.ownCapabilities, event.own_capabilities) };
    }
    case 'call.blocked_user':
    case 'call.unblocked_user':
      return withBlocked(known, event.user.id, event.type === 'call.blocked_user');
    case 'call.reaction_new':
      return { ...known, reactions: new Map(known.reactions).set(event.user.id, event.reaction) };
    default:
      return known;
  }
}

/** Somebody has another name: wherever the call has them. */
function withRenamed(known: CallKnowledge, user: UserObject): CallKnowledge {
  const { members, session, ring, permissionRequests } = known;
  return {
    ...known,
    members: members.map((member) => ({ ...member, user: fresh(member.user, user) })),
    session: session && { ...session, started_by: fresh(session.started_by, user), participants: session.participants.map((one) => fresh(one, user)) },
    ring: ring && { ...ring, caller: fresh(ring.caller, user), legs: ring.legs.map((leg) => ({ ...leg, user: fresh(leg.user, user) })) },
    permissionRequests: permissionRequests.map((request) => ({ ...request, user: fresh(request.user, user) })),
  };
}

/** Of two pictures of the same ring the one in which more has happened: a reply may be older than an event. */
function newerRing(old: RingObject | null, fresh: RingObject | null): RingObject | null {
  if (!old || !fresh) return fresh ?? (old && old.state !== 'ringing' ? old : fresh);
  if (old.id !== fresh.id || fresh.state !== 'ringing') return fresh;
  return old.state !== 'ringing' || answersOf(old) > answersOf(fresh) ? old : fresh;
}

const answersOf = ({ legs }: RingObject): number => legs.filter(({ state }) => state !== 'ringing').length;

function mergeMembers(old: readonly MemberObject[], fresh: readonly MemberObject[]): MemberObject[] {
  const byId = new Map(old.map((member) => [member.user_id, member]));
  for (const member of fresh) byId.set(member.user_id, member);
  return [...byId.values()];
}

function withRequest(known: CallKnowledge, request: PermissionRequest): CallKnowledge {
  const others = known.permissionRequests.filter(({ user }) => user.id !== request.user.id);
  return { ...known, permissionRequests: [...others, request] };
}

function withoutRequest(known: CallKnowledge, userId: string): CallKnowledge {
  if (!known.permissionRequests.some(({ user }) => user.id === userId)) return known;
  return { ...known, permissionRequests: known.permissionRequests.filter(({ user }) => user.id !== userId) };
}

function withBlocked(known: CallKnowledge, userId: string, blocked: boolean): CallKnowledge {
  if (!known.call) return known;
  const others = known.call.blocked_user_ids.filter((id) => id !== userId);
  return { ...known, call: { ...known.call, blocked_user_ids: blocked ? [...others, userId] : others } };
}

/** Keeps the old array when nothing changed, so that nobody renders for nothing. */
function sameList(old: readonly string[], fresh: readonly string[]): readonly string[] {
  return old.length === fresh.length && old.every((value, i) => value === fresh[i]) ? old : fresh;
}
