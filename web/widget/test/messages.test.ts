// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callWindow as callAr } from '../src/messages/call/ar.ts';
import { callWindow as callDe } from '../src/messages/call/de.ts';
import { callWindow as callEn } from '../src/messages/call/en.ts';
import { ar } from '../src/messages/ar.ts';
import { de } from '../src/messages/de.ts';
import { en } from '../src/messages/en.ts';
import { loadMessages } from '../src/messages/index.ts';
import { compareCatalogues } from '../../react/test/lib/catalogue.ts';

test('German and Arabic say everything that English says', () => {
  compareCatalogues(en, de);
  compareCatalogues(en, ar);
  compareCatalogues(callEn, callDe);
  compareCatalogues(callEn, callAr);
  assert.deepEqual([1, 5].map(en.newMessages), ['1 new message', '5 new messages']);
  assert.equal(new Set([0, 1, 2, 3, 11, 100].map(ar.newMessages)).size, 6);
});

test("the page's wish counts before the page's language, that before the browser's", async () => {
  const title = async (...wishes: (string | undefined)[]) => (await loadMessages(wishes)).title;
  assert.equal(await title('de-AT', 'en', 'ar'), de.title);
  assert.equal(await title(undefined, '', 'ar-EG', 'en'), ar.title);
  assert.equal(await title('tlh', 'fr', 'en-GB', 'de'), en.title);
  assert.equal(await title(), en.title);
  assert.equal((await loadMessages(['de-ch'])).locale, 'de-CH');
  assert.equal((await loadMessages(['ar', 'not a tag'])).locale, 'ar');
});
