// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { continuedIn, linkOf } from '../src/continuing.ts';
import { addressOf, orderIn } from '../src/push/orders.ts';
import { routeOf } from '../src/useRoute.ts';

test('an address leads to a page, a conversation, a message of it', () => {
  assert.deepEqual(routeOf(''), { page: 'chat', conversationId: undefined, messageId: undefined });
  assert.deepEqual(routeOf('#/team'), { page: 'team', conversationId: undefined, messageId: undefined });
  assert.deepEqual(routeOf('#/c/ann%40home/17'), { page: 'chat', conversationId: 'ann@home', messageId: 17 });
});

test('an address that was cut short shows the list, not an empty page', () => {
  for (const hash of ['#/c/%', '#/c/ann%4', '#/c/%ff/3', '#/c/', '#/nowhere', '#/c/ann/x']) {
    assert.deepEqual(routeOf(hash), { page: 'chat', conversationId: undefined, messageId: undefined }, hash);
  }
});

test('a notification opens its call by address; one that was cut short answers nothing', () => {
  for (const order of [{ type: 'confab.answer', cid: 'default:chat-ann@home', conversationId: 'ann@home' }, { type: 'confab.answer', cid: 'default:room' }] as const) {
    assert.deepEqual(orderIn(addressOf(order).slice(1)), order);
  }
  assert.equal(orderIn('#/answer/default%3'), undefined);
  assert.deepEqual(orderIn('#/answer/default%3Aroom/%'), { type: 'confab.answer', cid: 'default:room' });
});

test('a link for another device signs in there, and goes on with the call', () => {
  const url = linkOf('https://chat.example', 'T0k_en-', 'default:chat-ann@home');
  assert.equal(url, 'https://chat.example/signin#T0k_en-/continue/default%3Achat-ann%40home');
  const [, ...place] = new URL(url).hash.split('/');
  assert.equal(continuedIn(`#/${place.join('/')}`), 'default:chat-ann@home');
  assert.equal(linkOf('https://chat.example', 'T0k_en-'), 'https://chat.example/signin#T0k_en-');
  for (const hash of ['', '#/', '#/continue/', '#/continue/%', '#/c/ann']) assert.equal(continuedIn(hash), undefined, hash);
});
