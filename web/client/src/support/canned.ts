// SPDX-License-Identifier: Apache-2.0
/** Canned replies in what is being written, and colleagues named in notes. Pure. */
import type { CannedReplyObject, UserObject } from '../contract.ts';

/** What stands before the cursor: the beginning of a shortcut (`/hel`) or of a name (`@ma`). */
export interface Trigger {
  kind: 'canned' | 'mention';
  /** Where its sign stands. */
  from: number;
  words: string;
}

/** A shortcut begins the text or a line; a name begins a word. */
export function triggerAt(text: string, cursor: number, mentions: boolean): Trigger | undefined {
  const before = text.slice(0, cursor);
  const canned = /(?:^|\n)\/([a-z0-9_-]{0,32})$/i.exec(before);
  if (canned) return { kind: 'canned', from: cursor - (canned[1]?.length ?? 0) - 1, words: (canned[1] ?? '').toLowerCase() };
  const mention = mentions ? /(?:^|[\s(])@([a-z0-9_-]{0,64})$/i.exec(before) : null;
  return mention ? { kind: 'mention', from: cursor - (mention[1]?.length ?? 0) - 1, words: (mention[1] ?? '').toLowerCase() } : undefined;
}

const MOST = 8;

/** Those whose shortcut begins with the words, then those that hold them. */
export function matchingCanned(list: readonly CannedReplyObject[], words: string): CannedReplyObject[] {
  const begins = list.filter(({ shortcut }) => shortcut.startsWith(words));
  const holds = list.filter((reply) => !begins.includes(reply) && `${reply.shortcut} ${reply.text}`.toLowerCase().includes(words));
  return [...begins, ...holds].slice(0, MOST);
}

export function matchingColleagues(team: readonly UserObject[], words: string, me: string): UserObject[] {
  const parts = ({ id, name }: UserObject) => [id, ...name.toLowerCase().split(/\s+/)];
  return team.filter((user) => user.id !== me && parts(user).some((part) => part.startsWith(words))).slice(0, MOST);
}

/** `{name}` and `{first name}` are the customer's, `{me}` the writer's; others stay. */
export function fillIn(text: string, { customer, me }: { customer: string; me: string }): string {
  const values: Record<string, string> = { name: customer, 'first name': customer.split(/\s+/)[0] ?? customer, me };
  return text.replace(/\{([a-z ]+)\}/gi, (all, key: string) => values[key.toLowerCase()] ?? all);
}

/** The text with the trigger replaced, and where the cursor is then. */
export function complete(text: string, cursor: number, trigger: Trigger, value: string): { text: string; cursor: number } {
  const head = text.slice(0, trigger.from) + value;
  return { text: head + text.slice(cursor), cursor: head.length };
}

/** Whether a note names somebody. The same rule as the server's. */
export function isNamed(text: string, userId: string): boolean {
  const id = userId.replace(/[^a-z0-9]/g, '\\$&');
  return new RegExp(`(?:^|[^a-z0-9_@-])@${id}-*(?![a-z0-9_-])`, 'i').test(text);
}
