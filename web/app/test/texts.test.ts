// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCatalogues } from '../../react/test/lib/catalogue.ts';
import { parsePreferences } from '../src/preferences.ts';
import { ar } from '../src/texts/ar.ts';
import { de } from '../src/texts/de.ts';
import { en } from '../src/texts/en.ts';

test('German and Arabic say everything that English says', () => {
  compareCatalogues(en, de);
  compareCatalogues(en, ar);
});

test('what was kept is read, and what does not fit is as if it were not there', () => {
  const none = parsePreferences(null);
  assert.deepEqual(none, { language: undefined, theme: 'system', sounds: true, messageSound: true, notifications: true, shortcuts: true });
  assert.deepEqual(parsePreferences('{"language":"ar","theme":"dark","sounds":false,"messageSound":false}'), { ...none, language: 'ar', theme: 'dark', sounds: false, messageSound: false });
  for (const kept of ['', '{', 'null', '7', '[]', '{"language":"xx","theme":"pink","sounds":"no"}']) {
    assert.deepEqual(parsePreferences(kept), none, kept);
  }
});
