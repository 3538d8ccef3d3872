// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { teamOf, toKeep, toShow } from '../src/calls/team.ts';
import { ar } from '../src/messages/ar.ts';
import { en } from '../src/messages/en.ts';

test('the team is called as the language of the moment has it; its own name and people stay as they are', () => {
  const kept = toKeep(teamOf(en), en);
  assert.equal(toShow(kept, en).name, en.supportTeam);
  assert.equal(toShow(kept, ar).name, ar.supportTeam);
  assert.notEqual(ar.supportTeam, en.supportTeam);
  assert.equal(toShow(toKeep(teamOf(en, 'The Shop'), en), ar).name, 'The Shop');
  assert.equal(toShow(toKeep({ id: 'ann', name: en.supportTeam }, en), ar).name, en.supportTeam);
});
