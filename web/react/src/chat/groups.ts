// SPDX-License-Identifier: Apache-2.0
/** Messages as they are laid out: days, and within a day runs of one person. */
import type { ChatMessage, UserObject } from '@confab/client';
import { daysBetween } from '../format.ts';

const RUN_MS = 5 * 60_000;

export interface Run {
  readonly key: string;
  readonly user: UserObject;
  readonly messages: readonly ChatMessage[];
}

export interface Day {
  readonly key: string;
  readonly at: number;
  readonly runs: readonly Run[];
}

/** People's words, which stand together. */
const plain = (message: ChatMessage) => !message.call && !message.activity;

/** `line`: the key of a message that begins a run in any case. */
export function groupByDay(messages: readonly ChatMessage[], line?: string): Day[] {
  const days: { key: string; at: number; runs: { key: string; user: UserObject; messages: ChatMessage[] }[] }[] = [];
  let previous: ChatMessage | undefined;
  for (const message of messages) {
    let day = days.at(-1);
    if (!day || !previous || daysBetween(previous.at, message.at) > 0) {
      days.push((day = { key: message.key, at: message.at, runs: [] }));
    }
    const run = day.runs.at(-1);
    const same = run && previous && message.key !== line && plain(message) && plain(previous) && run.user.id === message.user.id && message.at - previous.at < RUN_MS;
    if (same) run.messages.push(message);
    else day.runs.push({ key: message.key, user: message.user, messages: [message] });
    previous = message;
  }
  return days;
}
