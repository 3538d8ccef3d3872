// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEmojiOnly, linkify } from '../src/chat/text.ts';

const links = (text: string) => linkify(text).flatMap(({ href }) => href ?? []);

test('the pieces are the whole text, in order', () => {
  for (const text of ['', 'no link', 'https://a.example', 'see https://a.example, or http://b.example/x?y=1#z now']) {
    assert.equal(linkify(text).map((piece) => piece.text).join(''), text);
  }
  assert.deepEqual(links('see https://a.example, or http://b.example/x?y=1#z now'), ['https://a.example', 'http://b.example/x?y=1#z']);
});

test('what ends the sentence is not part of the address; its own brackets are', () => {
  assert.deepEqual(links('(see https://a.example/x).'), ['https://a.example/x']);
  assert.deepEqual(links('https://a.example/a_(b)'), ['https://a.example/a_(b)']);
  assert.deepEqual(links('(https://a.example/a_(b))!'), ['https://a.example/a_(b)']);
});

test('nothing but http and https is a link', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'https://', 'http://[', 'www.a.example']) {
    assert.deepEqual(links(text), [], text);
  }
  assert.deepEqual(links('<https://a.example/"onclick=x>'), ['https://a.example/']);
});

test('one to three emoji, and nothing else', () => {
  for (const text of ['🎉', '👩‍👩‍👧‍👦', '👍🏽 🎉', '🇩🇪', '❤️', '❤', '3️⃣', ' 😀😀😀 ']) assert.equal(isEmojiOnly(text), true, text);
  for (const text of ['', ' ', '7', '#', '🎉!', 'a', '😀😀😀😀', '🇩', '\u200d']) assert.equal(isEmojiOnly(text), false, text);
});
