// SPDX-License-Identifier: Apache-2.0
/** Somebody has another name or picture: everywhere the messenger shows them. A pure function. */
import type { ChannelObject, ConversationObject, UserObject } from '../contract.ts';
import type { ChatState, Thread, Typer } from './state.ts';

export function withRenamed(state: ChatState, user: UserObject): ChatState {
  return {
    ...state,
    me: fresh(state.me, user),
    conversations: mapValues(state.conversations, (conversation) => inConversation(conversation, user)),
    channels: mapValues(state.channels, (channel) => inChannel(channel, user)),
    threads: mapValues(state.threads, (thread) => inThread(thread, user)),
    typing: mapValues(state.typing, (typers) => inTypers(typers, user)),
    viewing: mapValues(state.viewing, (typers) => inTypers(typers, user)),
  };
}

/** The user as they are now, when it is them. */
export function fresh<T extends UserObject | null | undefined>(old: T, user: UserObject): T {
  return old && old.id === user.id ? ({ ...old, ...user } as T) : old;
}

function inConversation(conversation: ConversationObject, user: UserObject): ConversationObject {
  const { last_message: last, call, support } = conversation;
  return {
    ...conversation,
    user: fresh(conversation.user, user),
    last_message: last && { ...last, user: fresh(last.user, user) },
    call: call && { ...call, participants: call.participants.map((one) => fresh(one, user)) },
    support: support.assignee ? { ...support, assignee: fresh(support.assignee, user) } : support,
  };
}

function inChannel(channel: ChannelObject, user: UserObject): ChannelObject {
  const { last_message: last, call } = channel;
  return {
    ...channel,
    members: channel.members.map((member) => ({ ...member, user: fresh(member.user, user) })),
    last_message: last && { ...last, user: fresh(last.user, user) },
    call: call && { ...call, participants: call.participants.map((one) => fresh(one, user)) },
  };
}

function inThread(thread: Thread, user: UserObject): Thread {
  const messages = thread.messages.map((message) => {
    const { quoted } = message;
    if (message.user.id !== user.id && quoted?.user_id !== user.id) return message;
    return {
      ...message,
      user: fresh(message.user, user),
      quoted: quoted?.user_id === user.id ? { ...quoted, user_name: user.name } : quoted,
    };
  });
  return { ...thread, messages };
}

const inTypers = (typers: readonly Typer[], user: UserObject): readonly Typer[] =>
  typers.map((typer) => ({ ...typer, user: fresh(typer.user, user) }));

const mapValues = <V>(map: ReadonlyMap<string, V>, change: (value: V) => V): ReadonlyMap<string, V> =>
  new Map([...map].map(([key, value]) => [key, change(value)]));
