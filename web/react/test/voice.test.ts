// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdToRecord } from '../src/voice/hold.ts';
import { VOICE_BARS, waveformOf } from '../src/voice/recorder.ts';

test('a waveform is one hex digit for each bar, the loudest full', () => {
  assert.equal(waveformOf([0, 0.25, 0.5]), '08f');
  assert.equal(waveformOf([]), '0');
  assert.equal(waveformOf([0, 0, 0.001]), '001', 'silence is not blown up');
  for (const n of [1, 47, 48, 49, 5000]) {
    const waveform = waveformOf(Array.from({ length: n }, (_, i) => (i % 7) / 7));
    assert.match(waveform, /^[0-9a-f]+$/);
    assert.equal(waveform.length, Math.min(n, VOICE_BARS));
  }
  assert.equal(waveformOf([...Array(99).fill(0.1), 1], 4), '222f');
});

test('tapped or held: by the times of the events, however late a busy page hears of them', (t) => {
  let at = 0;
  t.mock.method(performance, 'now', () => (at += 5000));
  const { window } = globalThis;
  t.after(() => Object.assign(globalThis, { window }));
  const press = (ms: number, ...ends: string[]) => {
    globalThis.window = new EventTarget() as typeof window;
    const heard: string[] = [];
    holdToRecord({ timeStamp: 100 }, { start: () => heard.push('start'), stop: () => heard.push('stop') });
    for (const name of ends) globalThis.window.dispatchEvent(Object.defineProperty(new Event(name), 'timeStamp', { value: 100 + ms }));
    return heard.join();
  };
  assert.equal(press(80, 'pointerup'), 'start');
  assert.equal(press(900, 'pointerup', 'pointerup'), 'start,stop');
  assert.equal(press(900, 'pointercancel', 'pointerup'), 'start');
});
