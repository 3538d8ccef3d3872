// SPDX-License-Identifier: Apache-2.0
/** For which messages there is a sound. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationObject, MessageObject, UserObject } from '@confab/client';
import { concerns } from '../src/chat/useMessageSound.ts';

const person = (id: string, role: UserObject['role']): UserObject => ({ id, name: id, role });
const [eva, max, sam] = [person('eva', 'admin'), person('max', 'admin'), person('sam', 'user')] as const;
const from = (user: UserObject, more: Partial<MessageObject> = {}): MessageObject => ({
  id: 1, conversation_id: 'sam', type: 'regular', user, text: 'Hi', client_id: 'c', created_at: '2026-01-01T10:00:00.000Z', reactions: [], attachments: [], ...more,
});
const with_ = (me: UserObject, assignee: UserObject | null) => ({
  me,
  conversations: new Map([['sam', { id: 'sam', user: sam, support: { status: 'open', assignee } } as unknown as ConversationObject]]),
});

test('a customer is for whoever looks after them, or for everybody', () => {
  assert.ok(concerns(with_(eva, null), 'sam', from(sam)));
  assert.ok(concerns(with_(eva, eva), 'sam', from(sam)));
  assert.ok(!concerns(with_(eva, max), 'sam', from(sam)));
  assert.ok(concerns(with_(eva, null), 'new-one', from(person('new-one', 'guest'))), 'who writes for the first time');
});

test('what a colleague answers is not; a note that names one is, and whatever is written in a channel', () => {
  assert.ok(!concerns(with_(eva, null), 'sam', from(max)));
  assert.ok(!concerns(with_(eva, null), 'sam', from(max, { private: true, text: 'The gasket.' })));
  assert.ok(concerns(with_(eva, null), 'sam', from(max, { private: true, text: 'Do you know, @eva?' })));
  assert.ok(concerns(with_(eva, null), 'direct.eva.max', from(max)));
});

test('a customer hears the team, nobody hears themselves or the server', () => {
  assert.ok(concerns(with_(sam, null), 'sam', from(max)));
  assert.ok(!concerns(with_(sam, null), 'sam', from(sam)));
  assert.ok(!concerns(with_(sam, null), 'sam', from(max, { type: 'system' })));
});
