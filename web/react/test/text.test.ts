// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cardText } from '../src/chat/cardText.ts';
import { beginningOf, isEmojiOnly } from '../src/chat/text.ts';
import { de } from '../src/messages/de.ts';
import { en } from '../src/messages/en.ts';

test('one to three emoji, and nothing else', () => {
  for (const text of ['🎉', '👩‍👩‍👧‍👦', '👍🏽 🎉', '🇩🇪', '❤️', '❤', '3️⃣', ' 😀😀😀 ']) assert.equal(isEmojiOnly(text), true, text);
  for (const text of ['', ' ', '7', '#', '🎉!', 'a', '😀😀😀😀', '🇩', '\u200d']) assert.equal(isEmojiOnly(text), false, text);
});

test('of a long text the beginning, to the end of a word or a line', () => {
  assert.equal(beginningOf('short'), undefined);
  assert.equal(beginningOf('word '.repeat(280)), undefined, 'a little longer is shown as a whole');
  const words = beginningOf('word '.repeat(2000)) ?? '';
  assert.ok(words.length > 1150 && words.length <= 1200 && words.endsWith(' word'), words.slice(-20));
  assert.equal(beginningOf('x'.repeat(9000))?.length, 1200);
  assert.equal(beginningOf('line\n'.repeat(100))?.split('\n').length, 20);
  assert.equal(beginningOf('😀'.repeat(4500))?.length, 1200);
  assert.equal(beginningOf(`x${'😀'.repeat(4500)}`)?.length, 1199, 'no half of a sign');
});

test('a call of a group is called by its name', () => {
  const ann = { id: 'ann', name: 'Ann', role: 'user' } as const;
  const card = { cid: 'default:x', outcome: 'missed', video: true, caller: ann, started_at: '', ended_at: '', duration_s: 0, participants: [], quality: null } as const;
  const texts = [en, de].map((t) => [cardText({ ...card, participants: [] }, 'bob', t), cardText({ ...card, participants: [], channel_name: 'Roofers' }, 'bob', t), t.isCalling('Ann', 'Roofers')]);
  assert.deepEqual(texts, [
    ['Missed call from Ann', 'Missed call from Ann in Roofers', 'Ann calls in Roofers'],
    ['Verpasster Anruf von Ann', 'Verpasster Anruf von Ann in Roofers', 'Ann ruft in Roofers an'],
  ]);
});
