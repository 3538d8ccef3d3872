// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallingState, nextCallingState, type CallingInput } from '../src/index.ts';

const INPUTS: CallingInput[] = [
  'known', 'ring', 'unring', 'join', 'joined', 'refused', 'lost', 'no-network', 'retry', 'restored', 'migrate', 'gave-up', 'leave',
];
const STATES = Object.values(CallingState);

const run = (...inputs: CallingInput[]) => inputs.reduce(nextCallingState, CallingState.UNKNOWN as CallingState);

test('the ten states of the specification', () => {
  assert.deepEqual([...STATES].sort(), [
    'idle', 'joined', 'joining', 'left', 'migrating', 'offline', 'reconnecting', 'reconnecting-failed', 'ringing', 'unknown',
  ]);
});

test('the ways of a call', () => {
  assert.equal(run('known'), 'idle');
  assert.equal(run('known', 'ring'), 'ringing');
  assert.equal(run('ring', 'join', 'joined'), 'joined');
  assert.equal(run('ring', 'unring'), 'left');
  assert.equal(run('join', 'refused'), 'idle');
  assert.equal(run('join', 'joined', 'lost', 'restored'), 'joined');
  assert.equal(run('join', 'joined', 'no-network', 'retry', 'joined'), 'joined');
  assert.equal(run('join', 'joined', 'lost', 'gave-up'), 'reconnecting-failed');
  assert.equal(run('join', 'joined', 'lost', 'gave-up', 'join', 'joined'), 'joined');
  assert.equal(run('join', 'joined', 'migrate'), 'migrating');
  assert.equal(run('join', 'joined', 'migrate', 'restored'), 'joined');
  assert.equal(run('join', 'joined', 'migrate', 'lost'), 'reconnecting');
});

test('leave leads to LEFT from every state', () => {
  for (const state of STATES) assert.equal(nextCallingState(state, 'leave'), 'left', state);
});

test('LEFT is left by join and by a new ring, and by nothing else', () => {
  for (const input of INPUTS) {
    const expected = input === 'join' ? 'joining' : input === 'ring' ? 'ringing' : 'left';
    assert.equal(nextCallingState('left', input), expected, input);
  }
});

test('media never begins without a join: from outside, no input but join leads to JOINING, and none to JOINED', () => {
  for (const state of ['unknown', 'idle', 'ringing', 'left', 'reconnecting-failed'] as const) {
    for (const input of INPUTS) {
      const next = nextCallingState(state, input);
      assert.notEqual(next, 'joined', `${state} ${input}`);
      assert.equal(next === 'joining', input === 'join', `${state} ${input}`);
    }
  }
});
