// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryPolicy } from '../src/media/retry.ts';

const delay = (retryCount: number, elapsedMs: number, random: number) => retryPolicy(() => random).nextRetryDelayInMs({ retryCount, elapsedMs });

test('tries again soon, and after a while every 1 to 3 seconds, spread', () => {
  assert.deepEqual([0, 0.5, 1].map((random) => delay(0, 0, random)), [0, 250, 500]);
  assert.deepEqual([1, 2, 3, 50].map((n) => delay(n, 1000, 0.5)), [300, 1000, 2000, 2000]);
  assert.deepEqual([0, 1].map((random) => delay(50, 170_000, random)), [1000, 3000]);
});

test('gives up after three minutes: the call is then entered anew', () => {
  assert.equal(delay(0, 180_001, 0.5), null);
});
