// SPDX-License-Identifier: Apache-2.0
/** Corners of one's own picture, how the network is, and which browser it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestCorner, nextCorner, type Corner } from '../src/call/useCorner.ts';
import { browserKind } from '../src/lobby/browserKind.ts';
import { lineOf, watchLine } from '../src/lobby/line.ts';

const box = (left: number, top: number, width: number, height: number): DOMRect => ({ left, top, width, height }) as DOMRect;
const room = box(0, 0, 1000, 600);

test('the nearest corner, in both directions of reading', () => {
  assert.deepEqual(nearestCorner(box(20, 20, 100, 60), room, false), { block: 'start', inline: 'start' });
  assert.deepEqual(nearestCorner(box(20, 20, 100, 60), room, true), { block: 'start', inline: 'end' });
  assert.deepEqual(nearestCorner(box(860, 500, 100, 60), room, false), { block: 'end', inline: 'end' });
  assert.deepEqual(nearestCorner(box(860, 500, 100, 60), room, true), { block: 'end', inline: 'start' });
});

test('four taps go round', () => {
  const seen: Corner[] = [{ block: 'end', inline: 'end' }];
  for (let i = 0; i < 4; i++) seen.push(nextCorner(seen.at(-1) as Corner));
  assert.equal(new Set(seen.map(({ block, inline }) => `${block} ${inline}`)).size, 4);
  assert.deepEqual(seen.at(-1), seen[0]);
});

test('what a network is good for', () => {
  assert.deepEqual([lineOf(20, undefined), lineOf(20, 10), lineOf(200, 10), lineOf(20, 0.5), lineOf(500, 10), lineOf(20, 0.1)], ['good', 'good', 'fair', 'fair', 'poor', 'poor']);
});

test('a network that looks poor is looked at again, until it is not or nobody asks any more', async (t) => {
  const later: (() => void)[] = [];
  if (!('navigator' in globalThis)) Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true }); // older Node
  const before = { window: globalThis.window, setTimeout: globalThis.setTimeout };
  Object.assign(globalThis, { window: new EventTarget(), setTimeout: (work: () => void) => later.push(work) });
  t.after(() => Object.assign(globalThis, before));
  const times = [900, 600, 20];
  const told: string[] = [];
  const stop = watchLine({ measureRoundTrip: () => Promise.resolve(times.shift() ?? 900) }, (line) => told.push(line));
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    later.shift()?.();
  }
  assert.deepEqual([told, later.length], [['poor', 'poor', 'good'], 0]);
  stop();
});

test('browsers that differ in where they keep a refused camera', () => {
  const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
  const table: [string, number, ReturnType<typeof browserKind>][] = [
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36', 0, 'chrome'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0', 0, 'chrome'],
    ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36', 5, 'android'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 0, 'firefox'],
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/18.0 Safari/605.1.15`, 0, 'safari'],
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/18.0 Safari/605.1.15`, 5, 'ios'],
    [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${webkit} CriOS/140.0 Mobile/15E148 Safari/604.1`, 5, 'ios'],
    ['something else', 0, undefined],
  ];
  for (const [agent, touch, kind] of table) assert.equal(browserKind(agent, touch), kind, agent);
});
