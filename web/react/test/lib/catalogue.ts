// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';

/** Two words that no text contains, so that one sees whether they arrive. */
const NAME = 'Zaphod-Ω';

/** Argument lists that suit the texts there are; each text is tried with every one that it can take. */
const ARGUMENTS: readonly (readonly unknown[])[] = [
  [NAME, NAME],
  [3, 3],
  [[NAME], ['send-audio']],
  [NAME, 3],
  [NAME, ['send-video']],
  [['camera'], 'denied'],
];

/** Fails when `other` lacks a text of `base`, has one more, says nothing, or loses a name that it was given. */
export function compareCatalogues(base: object, other: object, path = ''): void {
  assert.deepEqual(Object.keys(other).sort(), Object.keys(base).sort(), `keys of ${path || 'the catalogue'}`);
  for (const [key, expected] of Object.entries(base) as [string, unknown][]) {
    const text = (other as Record<string, unknown>)[key];
    const at = path + key;
    if (key === 'locale') continue;
    assert.equal(typeof text, typeof expected, at);
    if (typeof expected === 'string') {
      assert.ok((text as string).trim() !== '', `${at} is empty`);
    } else if (typeof expected === 'function') {
      compareCalls(expected as Text, text as Text, at);
    } else {
      compareCatalogues(expected as object, text as object, `${at}.`);
    }
  }
}

type Text = (...args: unknown[]) => unknown;

function compareCalls(base: Text, other: Text, at: string): void {
  let tried = 0;
  for (const args of ARGUMENTS) {
    const expected = attempt(base, args);
    const said = attempt(other, args);
    if (expected === undefined || said === undefined) continue; // not made for these
    tried++;
    assert.ok(said.trim() !== '', `${at} says nothing for ${JSON.stringify(args)}`);
    assert.equal(said.includes(NAME), expected.includes(NAME), `${at} must use what it is given: ${said}`);
  }
  assert.ok(tried > 0, `${at}: no arguments in ARGUMENTS suit it`);
}

function attempt(text: Text, args: readonly unknown[]): string | undefined {
  try {
    const said = text(...args);
    return typeof said === 'string' && !/undefined|NaN|\[object/.test(said) ? said : undefined;
  } catch {
    return undefined;
  }
}
