// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatMessage, UserObject } from '@confab/client';
import { groupByDay } from '../src/chat/groups.ts';
import { dayName, duration } from '../src/format.ts';
import { en } from '../src/messages/en.ts';
import { initialsOf } from '../src/ui/initials.ts';

test('durations', () => {
  assert.deepEqual([0, 7_000, 754_000, 3_723_000, -5].map((ms) => duration(ms, { locale: 'en' })), ['0:00', '0:07', '12:34', '1:02:03', '0:00']);
});

test('days are local, and named from near to far', () => {
  const now = new Date(2026, 10, 22, 0, 30).getTime();
  assert.equal(dayName(new Date(2026, 10, 22, 0, 1).getTime(), now, en), 'Today');
  assert.equal(dayName(new Date(2026, 10, 21, 23, 59).getTime(), now, en), 'Yesterday');
  const other = { ...en, locale: 'en-GB' };
  assert.equal(dayName(new Date(2026, 10, 2).getTime(), now, other), 'Monday 2 November');
  assert.match(dayName(new Date(2025, 10, 2).getTime(), now, other), /2025/);
});

test('messages of one person within five minutes are one run; a new day begins a new one', () => {
  const user = (id: string): UserObject => ({ id, name: id, role: 'user' });
  const at = (day: number, minute: number, id: string): ChatMessage => ({
    key: `${day}-${minute}-${id}`,
    id: day * 1000 + minute,
    user: user(id),
    text: '',
    at: new Date(2026, 0, day, 10, minute).getTime(),
    delivery: 'sent',
    error: undefined,
    edited: false,
    deleted: false,
    private: false,
    quoted: undefined,
    reactions: [],
    call: undefined,
    activity: undefined,
    attachments: [],
  });
  const days = groupByDay([at(1, 0, 'a'), at(1, 4, 'a'), at(1, 5, 'b'), at(1, 20, 'b'), at(2, 0, 'b')]);
  assert.deepEqual(days.map((day) => day.runs.map((run) => run.messages.length)), [[2, 1, 1], [1]]);
  assert.deepEqual(groupByDay([]), []);
});

test('initials', () => {
  assert.deepEqual(['Ann Lee', 'ann', 'Ann Mary Lee', '', 'user_7', '李 雷'].map(initialsOf), ['AL', 'A', 'AL', '?', 'U7', '李雷']);
});
