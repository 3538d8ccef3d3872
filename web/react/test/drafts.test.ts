// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Drafts, forgetDrafts, NO_DRAFT } from '../src/chat/drafts.ts';

const page = globalThis as { sessionStorage?: unknown };
const storage = (over: Partial<Storage> = {}) => {
  const kept = new Map<string, string>();
  page.sessionStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    ...over,
  };
  return kept;
};
afterEach(() => delete page.sessionStorage);

const note = { text: 'Ask Kim', note: true };

test('a draft is there again in the same tab, and a note comes back as a note', () => {
  storage();
  new Drafts('eva').set('sam', note);
  assert.deepEqual(new Drafts('eva').get('sam'), note);
  assert.deepEqual(new Drafts('eva').get('ann'), NO_DRAFT);
});

test('what was sent or cleared leaves nothing', () => {
  const kept = storage();
  const drafts = new Drafts('eva');
  drafts.set('sam', note);
  drafts.set('sam', { text: '', note: true });
  assert.deepEqual(new Drafts('eva').get('sam'), NO_DRAFT);
  drafts.set('sam', note);
  forgetDrafts();
  assert.equal(kept.size, 0);
});

test('nobody sees the drafts of another', () => {
  storage();
  new Drafts('eva').set('sam', note);
  assert.deepEqual(new Drafts('max').get('sam'), NO_DRAFT);
});

test('without storage, with a full one, or with nonsense in it they live in the page', () => {
  for (const prepare of [
    () => delete page.sessionStorage,
    () => storage({ setItem: () => assert.fail('QuotaExceededError') }),
    () => storage().set('confab-drafts', '{"userId":'),
  ]) {
    prepare();
    const drafts = new Drafts('eva');
    drafts.set('sam', note);
    assert.deepEqual(drafts.get('sam'), note);
    forgetDrafts();
  }
});
