// SPDX-License-Identifier: Apache-2.0
/** Direct and group conversations in the messenger's state: how they change, and the questions asked of them. Pure. */
import type {
  ChannelInfoObject, ChannelMemberObject, ChannelObject, ChannelsResponse, MessageObject, ReadObject, UserObject,
} from '../contract.ts';
import { isKeptUnread, type ChatState, type Receipt } from './state.ts';

/** They are no customers' ones: their ids hold a point. */
export const isChannel = (id: string): boolean => id.includes('.');

/** Latest activity first. */
export function sortedChannels(state: ChatState): ChannelObject[] {
  return [...state.channels.values()].sort((a, b) => b.updated_at.localeCompare(a.updated_at) || a.id.localeCompare(b.id));
}

type Info = Pick<ChannelInfoObject, 'id' | 'type' | 'name' | 'members'>;

/** The other one of a direct conversation. */
export function otherOf(channel: Info, meId: string): UserObject | undefined {
  return channel.type === 'direct' ? channel.members.find(({ user }) => user.id !== meId)?.user : undefined;
}

/** Whose picture and name stand for it: the other's, or the group's. */
export function faceOf(channel: Info, meId: string): Pick<UserObject, 'id' | 'name' | 'image'> {
  return otherOf(channel, meId) ?? { id: channel.id, name: channel.name ?? channel.id };
}

export const ownsChannel = (channel: Info, userId: string): boolean =>
  channel.type === 'group' && channel.members.some(({ user, role }) => user.id === userId && role === 'owner');

/** Whether slow mode is for this person: not for owners, nor for the team. */
export const isSlowed = (channel: Info & { slow_mode_s: number }, me: UserObject): boolean =>
  channel.slow_mode_s > 0 && me.role !== 'admin' && !ownsChannel(channel, me.id);

/** How far whom has read. */
interface Seen {
  members: readonly ChannelMemberObject[];
  reads: readonly ReadObject[];
}

/** Members but for oneself who have read so far. */
export function seenBy(channel: Seen, meId: string, messageId: number): UserObject[] {
  const far = new Set(channel.reads.filter((read) => read.last_read_message_id >= messageId).map((read) => read.user_id));
  return channel.members.map(({ user }) => user).filter(({ id }) => id !== meId && far.has(id));
}

/** How far a message has come: with anybody of the others. */
export function channelReceipt(channel: Seen, meId: string, messageId: number): Receipt {
  if (seenBy(channel, meId, messageId).length > 0) return 'read';
  const others = channel.reads.filter((read) => read.user_id !== meId);
  return others.some((read) => read.last_delivered_message_id >= messageId) ? 'delivered' : 'sent';
}

export function channelsLoaded(state: ChatState, { channels }: ChannelsResponse): ChatState {
  const known = new Map(channels.map((channel) => [channel.id, channel]));
  const seeing = isChannel(state.seeing ?? '') && isKeptUnread({ ...state, channels: known }, state.seeing) ? undefined : state.seeing;
  const unread = new Map([...state.unread].filter(([id]) => !isChannel(id)));
  for (const { id, unread: n } of channels) if (n > 0 && id !== seeing) unread.set(id, n);
  return { ...state, channels: known, seeing, unread };
}

/** Made, renamed, or other people in it. */
export function channelUpdated(state: ChatState, info: ChannelInfoObject): ChatState {
  const known = state.channels.get(info.id);
  const base = known ?? { last_message: null, call: null, updated_at: info.created_at, unread: 0, reads: [] };
  return withChannel(state, { ...base, ...info });
}

/** Nothing of it stays: it may hold what was not for somebody who is out. */
export function channelLeft(state: ChatState, id: string): ChatState {
  if (!state.channels.has(id) && !state.threads.has(id)) return state;
  const drop = <V>(map: ReadonlyMap<string, V>) => new Map([...map].filter(([key]) => key !== id));
  return {
    ...state,
    channels: drop(state.channels),
    threads: drop(state.threads),
    unread: drop(state.unread),
    typing: drop(state.typing),
    slow: drop(state.slow),
    open: state.open === id ? undefined : state.open,
    seeing: state.seeing === id ? undefined : state.seeing,
  };
}

export function withLastMessage(state: ChatState, id: string, message: MessageObject): ChatState {
  const channel = state.channels.get(id);
  return channel ? withChannel(state, { ...channel, last_message: message, updated_at: message.created_at }) : state;
}

export function withChannelRead(state: ChatState, channel: ChannelObject, read: ReadObject): ChatState {
  const next = withChannel(state, { ...channel, reads: [...channel.reads.filter(({ user_id: id }) => id !== read.user_id), read] });
  if (read.user_id !== state.me.id || read.last_read_message_id < (channel.last_message?.id ?? 0)) return next;
  return { ...next, unread: new Map([...next.unread].filter(([id]) => id !== channel.id)) }; // read in another tab of mine
}

export function withChannel(state: ChatState, channel: ChannelObject): ChatState {
  return { ...state, channels: new Map(state.channels).set(channel.id, channel) };
}
