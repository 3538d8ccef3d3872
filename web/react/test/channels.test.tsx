// SPDX-License-Identifier: Apache-2.0
/** Direct and group conversations, drawn from a state: names, counts, who has seen what, and slow mode. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatStore, VideoClient, type ChannelObject, type ChatState, type MessageObject, type UserObject } from '@confab/client';
import type { ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { reduceChat, type ChatAction } from '../../client/src/chat/reduce.ts';
import { ChannelList } from '../src/channels/ChannelList.tsx';
import { Drafts } from '../src/chat/drafts.ts';
import { ChannelPane } from '../src/channels/ChannelPane.tsx';
import { SectionTabs } from '../src/channels/SectionTabs.tsx';
import { ConfabProvider } from '../src/context.tsx';
import { ar } from '../src/messages/ar.ts';
import { de } from '../src/messages/de.ts';
import { en, type Messages } from '../src/messages/en.ts';
import { DeskProvider } from '../src/support/DeskContext.tsx';

const eva: UserObject = { id: 'eva', name: 'Eva Lind', role: 'admin' };
const max: UserObject = { id: 'max', name: 'Max Weber', role: 'admin' };
const noor: UserObject = { id: 'noor', name: 'Noor Haddad', role: 'user' };
const AT = '2026-01-01T10:00:00.000Z';
const client = new VideoClient({ apiKey: 'key' });
const nothing = () => {};

const message = (id: number, user: UserObject, text: string): MessageObject => ({
  id, conversation_id: 'group.fair', type: 'regular', user, text, client_id: `c${id}`, created_at: AT, reactions: [], attachments: [],
});
const lines = [message(1, max, 'Who brings the grinder?'), message(2, eva, 'I do.'), message(3, noor, 'I bring cups.')];
const far = (user: UserObject, id: number) => ({ user_id: user.id, role: user.role === 'admin' ? ('admin' as const) : ('user' as const), last_read_message_id: id, last_delivered_message_id: id });
const member = (user: UserObject, role: 'owner' | 'member') => ({ user, role, joined_at: AT });
const group: ChannelObject = {
  id: 'group.fair', type: 'group', name: 'Spring fair', created_by: 'max', slow_mode_s: 120, created_at: AT, member_count: 3,
  members: [member(max, 'owner'), member(eva, 'member'), member(noor, 'member')],
  last_message: lines[2] ?? null, call: null, updated_at: AT, unread: 2, reads: [far(max, 2), far(noor, 1)],
};
const direct: ChannelObject = {
  ...group, id: 'direct.eva.max', type: 'direct', name: null, slow_mode_s: 0, member_count: 2, members: [member(eva, 'member'), member(max, 'member')], unread: 0, last_message: null, reads: [],
};

function stateOf(me: UserObject, ...more: ChatAction[]): ChatState {
  const actions: ChatAction[] = [
    { type: 'loaded', response: { conversations: [], cursor: 1, online: ['max'] }, channels: { channels: [group, direct], cursor: 1 } },
    { type: 'thread.loaded', id: group.id, response: { messages: lines, has_more: false }, more: false },
    ...more,
  ];
  return actions.reduce(reduceChat, new ChatStore(client, me).state);
}

/** Who said what, of the lines of the list. */
const whose = (html: string) => [...html.matchAll(/cf-conv__before">([^<]*)<\/span> <span class="cf-conv__words" dir="auto">([^<]*)</g)].map((found) => found.slice(1));

function draw(state: ChatState, node: (store: ChatStore) => ReactNode, messages: Messages = en): string {
  const store = new ChatStore(client, state.me);
  const html = renderToString(
    <ConfabProvider client={client} messages={messages}>
      <DeskProvider client={client} chat={store} state={state}>
        {node(store)}
      </DeskProvider>
    </ConfabProvider>,
  );
  return html.replace(/<!-- -->/g, '');
}

const drafts = (text: string) => {
  const begun = new Drafts('eva');
  begun.set(group.id, { text, note: false });
  return begun;
};

const pane = (state: ChatState, messages = en, draft = '') =>
  draw(state, (store) => <ChannelPane store={store} state={state} channel={group} target={undefined} drafts={drafts(draft)} onBack={nothing} />, messages);

test('the list: the other’s name, the group’s, who said it last, what is unread', () => {
  const html = draw(stateOf(eva), () => <ChannelList state={stateOf(eva)} wanted="" onSelect={nothing} />);
  for (const text of ['Max Weber', 'Spring fair', 'aria-label="2 new messages"', 'aria-label="Online"', 'New message', 'New group'])
    assert.ok(html.includes(text), text);
  assert.deepEqual(whose(html), [['Noor Haddad:', 'I bring cups.']], 'each in its own direction');
  const tabs = draw(stateOf(eva), () => <SectionTabs state={stateOf(eva)} section="customers" onSection={nothing} />);
  assert.match(tabs, /aria-pressed="false"[^>]*>Colleagues<span[^>]*aria-label="2 new messages"/);
  assert.equal(draw(stateOf(eva), () => <ChannelList state={stateOf(eva)} wanted="spring" onSelect={nothing} />).includes('Max Weber'), false);
});

test('the thread: who has seen it, no notes, slow mode that does not hold for the team', () => {
  const html = pane(stateOf(eva));
  for (const text of ['3 members · 1 online', 'Seen by Max Weber', 'Slow mode: members wait 2 minutes between two messages. You do not.']) assert.ok(html.includes(text), text);
  assert.equal(html.includes('Write a private note'), false);
});

test('slow mode for a member: what holds, then the time that is left, and nothing can be sent until then', () => {
  const send = (html: string) => /<button type="submit"[^>]*>/.exec(html)?.[0] ?? '';
  const free = pane(stateOf(noor), en, 'hello');
  assert.ok(free.includes('Slow mode: one message every 2 minutes.'));
  assert.doesNotMatch(send(free), /disabled/);
  const waits = pane(stateOf(noor, { type: 'slow', id: group.id, until: Date.now() + 65_000 }), en, 'hello');
  assert.match(waits, /role="timer"[^]*Slow mode: your next message can go in 1:0[0-5]\./);
  assert.match(send(waits), /disabled/);
});

test('in every language', () => {
  for (const messages of [de, ar]) assert.ok(pane(stateOf(noor), messages).includes(messages.channels.memberCount(3)));
});
