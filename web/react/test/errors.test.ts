// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfabError, ErrorCode } from '@confab/client';
import { errorText } from '../src/errorText.ts';
import { ar } from '../src/messages/ar.ts';
import { de } from '../src/messages/de.ts';
import { en } from '../src/messages/en.ts';

const refused = (statusCode: number, code = 4, message = 'At most 20 labels go on one conversation; take one away first.') =>
  new ConfabError(message, { statusCode, code });

test('what the server says in English is read in English only', () => {
  assert.match(errorText(refused(400), en), /^At most 20 labels/);
  for (const messages of [de, ar])
    for (const status of [0, 400, 403, 404, 409, 410, 413, 415, 429, 500, 503])
      assert.doesNotMatch(errorText(refused(status), messages), /At most 20/, `${messages.locale} ${status}`);
});

test('each kind of refusal has its words', () => {
  assert.equal(errorText(refused(404), de), de.refused.gone);
  assert.equal(errorText(refused(503, ErrorCode.serverFull), ar), ar.serverFull);
  assert.equal(errorText(refused(503, 9), ar), ar.refused.full);
  assert.equal(errorText(refused(500, -1), de), de.refused.broken);
  assert.equal(errorText(new ConfabError('fetch failed', {}), en), en.refused.offline);
  assert.equal(errorText(new Error('x is undefined'), en), en.actionFailed);
  assert.equal(errorText('why', en, 'The file could not be sent.'), 'The file could not be sent.');
});
