// SPDX-License-Identifier: Apache-2.0
/** What customers read when something is refused: never the server's English, and nothing of how it is run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfabError, ErrorCode } from '@confab/client';
import { failedHint } from '../src/call/failed.ts';
import { callWindow as callAr } from '../src/messages/call/ar.ts';
import { callWindow as callEn } from '../src/messages/call/en.ts';
import { ar } from '../src/messages/ar.ts';
import { en } from '../src/messages/en.ts';
import { refusedText } from '../src/ui/refused.ts';

const raw = 'All files take 9.9 MB of 10.0 MB: the operator can allow more (--storage-total).';
const refused = (statusCode: number, code: number = ErrorCode.badInput, retryAfter?: number) => new ConfabError(raw, { statusCode, code, ...(retryAfter ? { retryAfter } : {}) });

test('a file that is refused', () => {
  for (const t of [en, ar])
    for (const status of [400, 403, 404, 413, 415, 429, 500, 503, 507]) assert.doesNotMatch(refusedText(refused(status), t, t.fileFailed('a.pdf')), /operator/, `${t.locale} ${status}`);
  assert.equal(refusedText(refused(413), en, 'no'), en.noRoom);
  assert.equal(refusedText(refused(507), ar, 'no'), ar.noRoom);
  assert.equal(refusedText(refused(429, ErrorCode.rateLimited, 7), en, 'no'), en.tooFast(7));
  assert.equal(refusedText(refused(403, ErrorCode.notAllowed), en, en.voice.notSent), en.voice.notSent);
  assert.equal(refusedText(new TypeError('x is undefined'), en, 'no'), 'no');
});

test('a call that does not come about', () => {
  const t = { ...en, ...callEn };
  assert.equal(failedHint(refused(503, ErrorCode.serverFull), t), t.serverFull);
  assert.equal(failedHint(new ConfabError('The media connection could not be made: ICE failed'), { ...ar, ...callAr }), callAr.checkConnection);
  assert.equal(failedHint(refused(429, ErrorCode.rateLimited, 3), t), t.tooFast(3));
  assert.equal(failedHint(refused(500, ErrorCode.internal), t), undefined);
  assert.equal(failedHint(new TypeError('x is undefined'), t), undefined);
  assert.equal(failedHint(undefined, t), undefined);
});
