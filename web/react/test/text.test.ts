// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEmojiOnly } from '../src/chat/text.ts';

test('one to three emoji, and nothing else', () => {
  for (const text of ['🎉', '👩‍👩‍👧‍👦', '👍🏽 🎉', '🇩🇪', '❤️', '❤', '3️⃣', ' 😀😀😀 ']) assert.equal(isEmojiOnly(text), true, text);
  for (const text of ['', ' ', '7', '#', '🎉!', 'a', '😀😀😀😀', '🇩', '\u200d']) assert.equal(isEmojiOnly(text), false, text);
});
