// SPDX-License-Identifier: Apache-2.0
/** The rule for user ids, as the server has it (test/unit/base/test_user_id.c): two accounts must never become one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sanitizeUserId } from '../src/userid.ts';

test('user ids come out as the server would store them', () => {
  const table: [string, string][] = [
    ['ann', 'ann'], ['  ann\t\n', 'ann'], ['Ann', 'ann'], ['ANN.LEE', 'annlee'], ['ann@example.com', 'ann@examplecom'], ['a-b_c@d', 'a-b_c@d'], ['ann:1', 'ann1'],
    ['Jürgen', 'jrgen'], ['\uff21nn', 'nn'], ['\u212aelvin', 'elvin'], ['\u0130an', 'an'], ['../../etc/passwd', 'etcpasswd'], ['<script>', 'script'], ['0', '0'],
    [`${' .'.repeat(100)}${'X'.repeat(64)}`, 'x'.repeat(64)],
  ];
  for (const [raw, id] of table) assert.equal(sanitizeUserId(raw), id, raw);
});

test('what is no id is refused, with the reason', () => {
  for (const raw of ['', '  ', '...', 'ü', '\u212a']) assert.throws(() => sanitizeUserId(raw), { code: 4, message: /none of the characters/ });
  assert.throws(() => sanitizeUserId('x'.repeat(65)), { code: 4, message: /longer than 64/ });
  for (const raw of [undefined, null, 7, {}]) assert.throws(() => sanitizeUserId(raw), { code: 4, message: /must be a string/ });
});
