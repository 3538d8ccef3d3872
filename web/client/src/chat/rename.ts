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
  const { support } = conversation;
  return withFields(conversation, {
    user: fresh(conversation.user, user),
    ...lately(conversation, user),
    support: support.assignee ? withFields(support, { assignee: fresh(support.assignee, user) }) : support,
  });
}

function inChannel(channel: ChannelObject, user: UserObject): ChannelObject {
  return withFields(channel, {
    members: mapList(channel.members, (member) => withFields(member, { user: fresh(member.user, user) })),
    ...lately(channel, user),
  });
}

/** Who wrote last, and who is in the call. */
function lately({ last_message: last, call }: Pick<ConversationObject, 'last_message' | 'call'>, user: UserObject): Pick<ConversationObject, 'last_message' | 'call'> {
  return {
    last_message: last && withFields(last, { user: fresh(last.user, user) }),
    call: call && withFields(call, { participants: mapList(call.participants, (one) => fresh(one, user)) }),
  };
}

function inThread(thread: Thread, user: UserObject): Thread {
  const messages = mapList(thread.messages, (message) => {
    const { quoted } = message;
    return withFields(message, {
      user: fresh(message.user, user),
      quoted: quoted?.user_id === user.id ? { ...quoted, user_name: user.name } : quoted,
    });
  });
  return withFields(thread, { messages });
}

const inTypers = (typers: readonly Typer[], user: UserObject): readonly Typer[] => mapList(typers, (typer) => withFields(typer, { user: fresh(typer.user, user) }));

// what somebody is not in stays the object it was, so that nobody draws it anew

function withFields<T extends object>(old: T, fields: Partial<T>): T {
  return (Object.keys(fields) as (keyof T)[]).some((key) => fields[key] !== old[key]) ? { ...old, ...fields } : old;
}

function mapList<T>(list: readonly T[], change: (value: T) => T): T[] {
  const next = list.map(change);
  return next.some((value, i) => value !== list[i]) ? next : (list as T[]); // which nobody writes to
}

function mapValues<V>(map: ReadonlyMap<string, V>, change: (value: V) => V): ReadonlyMap<string, V> {
  const next = new Map<string, V>();
  let same = true;
  for (const [key, value] of map) {
    const changed = change(value);
    same &&= changed === value;
    next.set(key, changed);
  }
  return same ? map : next;
}
