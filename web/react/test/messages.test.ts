// SPDX-License-Identifier: Apache-2.0
/** Every text in every language: there, filled in, and by that language's own rules. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ar } from '../src/messages/ar.ts';
import { de } from '../src/messages/de.ts';
import { en } from '../src/messages/en.ts';
import { chooseLanguage, directionOf, LANGUAGES, loadMessages, localeOf } from '../src/messages/languages.ts';
import { duration, fileSize } from '../src/format.ts';
import { compareCatalogues } from './lib/catalogue.ts';

test('German and Arabic say everything that English says', () => {
  compareCatalogues(en, de);
  compareCatalogues(en, ar);
});

test('plurals follow the language', () => {
  assert.deepEqual([0, 1, 5, 1000].map(en.unread), ['0 new messages', '1 new message', '5 new messages', '1,000 new messages']);
  assert.deepEqual([1, 5].map(de.unread), ['1 neue Nachricht', '5 neue Nachrichten']);
  assert.equal(new Set([0, 1, 2, 3, 11, 100].map(ar.unread)).size, 6);
});

test('lists are put together as the language does it', () => {
  assert.equal(en.isTyping(['Ann']), 'Ann is writing…');
  assert.equal(en.isTyping(['Ann', 'Ben', 'Cem']), 'Ann, Ben and Cem are writing…');
  assert.equal(de.isTyping(['Ann', 'Ben']), 'Ann und Ben schreiben …');
  assert.match(ar.isTyping(['Ann', 'Ben']), /Ann.*Ben/);
  assert.equal(en.deviceError(['camera', 'microphone'], 'busy'), 'Another program is using your camera and microphone.');
  assert.equal(en.asksFor('Ann', ['send-audio', 'send-video']), 'Ann asks for the microphone and the camera');
});

test('numbers are written in the digits of the region', () => {
  assert.equal(fileSize(3_400_000, { ...en, locale: 'en' }), '3.4 MB');
  assert.equal(fileSize(3_400_000, de), '3,4 MB');
  assert.equal(duration(754_000, { locale: 'ar-EG' }), '١٢:٣٤');
});

test('the language is the first of the wanted ones that is there', () => {
  assert.equal(chooseLanguage(['fr-FR', 'de-AT', 'en']), 'de');
  assert.equal(chooseLanguage(['AR-eg']), 'ar');
  assert.equal(chooseLanguage(['fr', 'tlh']), 'en');
  assert.equal(chooseLanguage([]), 'en');
  assert.deepEqual(LANGUAGES.map(directionOf), ['ltr', 'ltr', 'rtl']);
});

test('dates and numbers are those of the person’s region', async () => {
  assert.equal(localeOf('de', ['fr', 'de-CH', 'de']), 'de-CH');
  assert.equal(localeOf('ar', ['de']), 'ar');
  for (const language of LANGUAGES) {
    const messages = await loadMessages(language, ['en-GB']);
    assert.equal(messages.locale, language === 'en' ? 'en-GB' : language);
  }
});
