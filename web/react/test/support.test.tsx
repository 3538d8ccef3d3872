// SPDX-License-Identifier: Apache-2.0
/** The team's side, drawn from a state: what stands where, under which accessible name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatStore, VideoClient, type ChatState, type ConversationObject, type MessageObject, type UserObject } from '@confab/client';
import type { ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { reduceChat } from '../../client/src/chat/reduce.ts';
import { ConversationList } from '../src/chat/ConversationList.tsx';
import { Drafts } from '../src/chat/drafts.ts';
import { ConversationPane } from '../src/chat/ConversationPane.tsx';
import { ConfabProvider } from '../src/context.tsx';
import { ar } from '../src/messages/ar.ts';
import { de } from '../src/messages/de.ts';
import { en, type Messages } from '../src/messages/en.ts';
import { CollisionLine } from '../src/support/CollisionLine.tsx';
import { DeskProvider } from '../src/support/DeskContext.tsx';
import { Satisfaction } from '../src/support/Satisfaction.tsx';
import { SupportBar } from '../src/support/SupportBar.tsx';
import { SupportDesk } from '../src/support/SupportDesk.tsx';

const eva: UserObject = { id: 'eva', name: 'Eva Lind', role: 'admin' };
const max: UserObject = { id: 'max', name: 'Max Weber', role: 'admin' };
const sam: UserObject = { id: 'sam', name: 'Sam Rivera', role: 'user' };
const client = new VideoClient({ apiKey: 'key' });
const store = new ChatStore(client, eva);
const nothing = () => {};

const conversation: ConversationObject = {
  id: 'sam', user: sam, last_message: null, call: null, updated_at: '2026-01-01T10:00:00.000Z', unread: 0, reads: [], mentions: 2,
  support: { status: 'open', status_at: null, assignee: max, labels: [1], waiting_since: '2026-01-01T10:00:00.000Z' },
};
const message = (id: number, more: Partial<MessageObject>): MessageObject => ({
  id, conversation_id: 'sam', type: 'regular', user: sam, text: '', client_id: `c${id}`, created_at: '2026-01-01T10:00:00.000Z', reactions: [], attachments: [], ...more,
});
const lines = [
  message(1, { text: 'Where is it?' }),
  message(2, { type: 'system', private: true, user: max, activity: { type: 'assigned', value: 'max', text: 'Max Weber' } }),
  message(3, { type: 'system', user: max, activity: { type: 'status', value: 'resolved' } }),
  message(4, { type: 'system', private: true, activity: { type: 'rated', value: '4', text: 'Quick!' } }),
  message(5, { type: 'system', activity: { type: 'away' } }),
  message(6, { type: 'system', private: true, activity: { type: 'reopened' } }),
];

const actions: Parameters<typeof reduceChat>[1][] = [
  { type: 'loaded', response: { conversations: [conversation], cursor: 1, online: ['sam'] } },
  { type: 'thread.loaded', id: 'sam', response: { messages: lines, has_more: false }, more: false },
  { type: 'event', event: { type: 'viewing.start', conversation_id: 'sam', user: max }, at: Date.now() },
];
const state: ChatState = actions.reduce(reduceChat, store.state);

function draw(node: ReactNode, messages: Messages = en): string {
  const html = renderToString(
    <ConfabProvider client={client} messages={messages}>
      <DeskProvider client={client} chat={store} state={state}>
        {node}
      </DeskProvider>
    </ConfabProvider>,
  );
  return html.replace(/<!-- -->/g, '');
}

const pane = (
  <ConversationPane
    store={store}
    state={state}
    conversationId="sam"
    person={sam}
    subtitle=""
    online
    call={null}
    empty={null}
    drafts={new Drafts('max')}
    bar={<SupportBar conversation={conversation} panel={false} onPanel={nothing} />}
    withSuggestions
    onCall={nothing}
    onCheck={nothing}
  />
);

test('the conversation: what can be done, and what was done', () => {
  const html = draw(pane);
  for (const name of ['Status', 'Assignee', 'Show customer', 'Message']) assert.match(html, new RegExp(`aria-label="${name}"`), name);
  for (const text of ['Take', 'Resolve', 'Labels']) assert.ok(html.includes(text), text);
  for (const text of ['Max Weber took the conversation', 'Max Weber resolved the conversation', 'Rated 4 of 5: \u2068Quick!\u2069', 'We are closed now', 'Opened again by a new message'])
    assert.ok(html.includes(text), text);
  assert.match(html, /<option[^>]*value="max"[^>]*selected[^>]*>Max Weber/, 'an assignee who is not in the list yet');
});

test('the list: waiting, whose, and named', () => {
  const html = draw(<ConversationList state={state} section="customers" onSection={nothing} onSelect={nothing} onFound={nothing} onRetry={nothing} />);
  for (const text of ['Waiting', 'Assigned to Max Weber', 'You are named in 2 notes', 'Waiting longest first']) assert.ok(html.includes(text), text);
  assert.match(html, /aria-pressed="true"[^>]*>Open<span class="cf-chip__count">1</);
});

test('of a long list the beginning is drawn, and as much as shows the conversation on screen', () => {
  const many = Array.from({ length: 1000 }, (_, i): ConversationObject => ({
    ...conversation, id: `c${i}`, user: { ...sam, id: `c${i}`, name: `Customer ${i}` }, updated_at: new Date(Date.UTC(2026, 0, 2) - i * 60_000).toISOString(),
  }));
  const long = reduceChat(store.state, { type: 'loaded', response: { conversations: many, cursor: 1, online: [] } });
  const rows = (shown: ChatState): readonly string[] =>
    draw(<ConversationList state={shown} section="customers" onSection={nothing} onSelect={nothing} onFound={nothing} onRetry={nothing} />).match(/data-conversation="c\d+"/g) ?? [];
  assert.equal(rows(long).length, 100);
  assert.equal(rows(long)[0], 'data-conversation="c0"');
  const on = rows({ ...long, open: 'c400' });
  assert.ok(on.includes('data-conversation="c400"') && on.length < 500, `${on.length}`);
});

test('a colleague who looks at the same conversation', () => {
  assert.match(draw(<CollisionLine state={state} conversationId="sam" />), /Max Weber is also looking at this/);
  assert.equal(draw(<CollisionLine state={state} conversationId="other" />).includes('Max'), false);
});

test('the question has five named stars and a way out', () => {
  const html = draw(<Satisfaction onRate={async () => {}} onFailed={nothing} />);
  assert.equal(html.match(/type="radio"/g)?.length, 5);
  for (const text of ['How was it?', 'Very bad', 'Very good', 'Skip']) assert.ok(html.includes(text), text);
});

test('everything in every language', () => {
  for (const messages of [en, de, ar]) {
    const desk = draw(<SupportDesk />, messages);
    assert.ok(desk.includes(messages.support.canned) && desk.includes(messages.support.audit));
    assert.ok(draw(pane, messages).includes(messages.support.resolve));
  }
});
