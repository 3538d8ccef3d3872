// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SOUND_EVERY_MS, nextSound, soundOf, soundState, type SoundState } from '../src/media/sound.ts';

/** Rounds with that share of guessed samples each; returns the state after them and the times at which the delay changed. */
function listen(start: SoundState, from: number, rounds: number, share: number): { state: SoundState; changes: number[] } {
  const changes: number[] = [];
  let state = start;
  for (let i = 1; i <= rounds; i++) {
    const now = from + i * SOUND_EVERY_MS;
    const next = nextSound(state, now, state.samples + 96_000, state.guessed + share * 96_000);
    if (next.until > 0 !== state.until > 0) changes.push(now);
    state = next;
  }
  return { state, changes };
}

test('sound with gaps is kept back, and played at once again when there are none for a while', () => {
  assert.deepEqual(listen(soundState, 0, 100, 0.009).changes, []);
  const bad = listen(soundState, 0, 5, 0.03);
  assert.deepEqual(bad.changes, [2000]);
  const good = listen(bad.state, 10_000, 100, 0);
  assert.deepEqual(good.changes, [40_000]);
  assert.equal(good.state.until, 0);
});

test('gaps that come back are waited for longer each time', () => {
  let at = 0;
  let state = soundState;
  const held: number[] = [];
  for (let i = 0; i < 8; i++) {
    const bad = listen(state, at, 1, 0.05);
    const good = listen(bad.state, at + SOUND_EVERY_MS, 400, 0);
    held.push((good.changes[0] ?? 0) - (bad.changes[0] ?? 0));
    state = good.state;
    at += 401 * SOUND_EVERY_MS;
  }
  assert.deepEqual(held, [30, 60, 120, 240, 480, 600, 600, 600].map((s) => s * 1000));
});

test('a stream that brings nothing, and one that begins anew', () => {
  const state = nextSound(soundState, 1000, 0, 0);
  assert.equal(state.until, 0);
  assert.equal(nextSound({ ...state, samples: 96_000, guessed: 900 }, 2000, 10, 0).until, 0);
});

test('what a receiver says', () => {
  assert.equal(soundOf([{ type: 'codec' }, { type: 'inbound-rtp', kind: 'video' }]), undefined);
  assert.deepEqual(soundOf([{ type: 'inbound-rtp', kind: 'audio', totalSamplesReceived: 1000, concealedSamples: 60, silentConcealedSamples: 20 }]), [1000, 40]);
  assert.deepEqual(soundOf([{ type: 'inbound-rtp', kind: 'audio' }]), [0, 0]); // as browsers without these counters
});
