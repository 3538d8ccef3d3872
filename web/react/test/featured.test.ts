// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Participant } from '@confab/client';
import { isShortcut } from '../src/call/callKeys.ts';
import { featuredOf } from '../src/call/featured.ts';

const someone = (sessionId: string, speaks = false, isMuted = false): Participant => ({
  sessionId,
  userId: sessionId,
  name: sessionId,
  isLocal: false,
  isMuted,
  isSpeaking: speaks,
  connectionQuality: 'good',
  audioTrack: undefined,
  videoTrack: undefined,
  screenShareTrack: undefined,
  screenShareAudioTrack: undefined,
  reaction: undefined,
});

test('who speaks is shown large, and stays so until somebody else speaks alone', () => {
  const large = (last: string | undefined, ...people: Participant[]) => featuredOf(people, last)?.sessionId;
  assert.equal(large(undefined), undefined);
  assert.equal(large(undefined, someone('a'), someone('b')), 'a');
  assert.equal(large('a', someone('a'), someone('b', true)), 'b');
  assert.equal(large('b', someone('a'), someone('b')), 'b', 'silence changes nothing');
  assert.equal(large('b', someone('a', true), someone('b', true)), 'b', 'nobody is interrupted');
  assert.equal(large('b', someone('a', true, true), someone('b')), 'b', 'the muted are not heard');
  assert.equal(large('gone', someone('a'), someone('b')), 'a');
});

test('a key is a shortcut only alone', () => {
  const key = (name: string, more: object = {}) => isShortcut({ key: name, target: null, ctrlKey: false, metaKey: false, altKey: false, ...more });
  assert.equal(key('m'), true);
  assert.equal(key('?'), true);
  for (const modifier of ['ctrlKey', 'metaKey', 'altKey']) assert.equal(key('m', { [modifier]: true }), false, modifier);
  for (const name of ['Enter', 'F6', 'ArrowLeft']) assert.equal(key(name), false, name);
});
