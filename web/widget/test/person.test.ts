// SPDX-License-Identifier: Apache-2.0
/** Somebody else sits before the same page: nothing of the one before may be seen, sent or asked. Without a browser. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { Outbox, UnsentMessage } from '@confab/client';
import { FakeServer, FakeSocket, gate, makeToken, refuse, until } from '../../client/test/lib/fakes.ts';
import { MemoryOutbox } from '../../client/test/lib/memory-outbox.ts';
import { Early } from '../src/early.ts';
import { readSettings, type Customer } from '../src/settings.ts';
import { Widget } from '../src/widget.ts';

const names = ['window', 'document', 'location', 'fetch', 'WebSocket', 'sessionStorage', 'navigator'];
const before = new Map(names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
const put = (name: string, value: unknown) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

const alice: Customer = { id: 'Alice', hash: 'a' };
const bob: Customer = { id: 'Bob', hash: 'b' };

class Tab {
  readonly rows = new Map<string, string>();
  full = false;
  getItem = (key: string) => this.rows.get(key) ?? null;
  removeItem = (key: string) => void this.rows.delete(key);
  setItem = (key: string, value: string) => {
    if (this.full) throw new DOMException('full', 'QuotaExceededError');
    this.rows.set(key, value);
  };
}

let server: FakeServer;
let tab: Tab;
/** Ids of customers whose session was asked for. */
let asked: string[];
let answering: Promise<void>;
let refusal: ReturnType<typeof refuse> | undefined;
const widgets: Widget[] = [];

beforeEach(() => {
  server = new FakeServer();
  tab = new Tab();
  asked = [];
  answering = Promise.resolve();
  refusal = undefined;
  server.routes['GET /api/v1/conversations'] = () => ({ status: 200, body: { conversations: [], online: [], cursor: 10 } });
  server.routes['POST /api/v1/seen'] = () => ({ status: 200, body: {} });
  put('window', Object.assign(new EventTarget(), { localStorage: undefined }));
  put('document', { title: 'A shop', hidden: false, addEventListener: () => {}, removeEventListener: () => {} });
  put('location', { origin: 'http://shop', pathname: '/' });
  put('navigator', { language: 'en', languages: ['en'], onLine: true });
  put('sessionStorage', tab);
  put('WebSocket', function (url: string) {
    const socket = new FakeSocket(url, server);
    server.sockets.push(socket);
    return socket;
  });
  put('fetch', async (url: string, init: RequestInit) => {
    if (!url.endsWith('/widget/session')) return server.fetch(url, init);
    const { customer } = JSON.parse(String(init.body)) as { customer?: Customer };
    asked.push(customer?.id ?? 'nobody');
    await answering;
    if (!server.reachable) throw new TypeError('fetch failed');
    if (refusal) return new Response(JSON.stringify(refusal.body), { status: refusal.status });
    const id = customer ? `customer-${customer.id.toLowerCase()}` : 'visitor-1';
    return new Response(JSON.stringify({ user: { id, name: id, role: 'user' }, token: makeToken(id), ...(customer ? {} : { key: 'k' }) }));
  });
});
afterEach(async () => {
  for (const widget of widgets.splice(0)) await widget.stop();
  for (const [name, what] of before) {
    if (what) Object.defineProperty(globalThis, name, what);
    else Reflect.deleteProperty(globalThis, name);
  }
});

function widgetOf(customer?: Customer): Widget {
  const data = customer ? { userId: customer.id, userHash: customer.hash } : {};
  const widget = new Widget(readSettings('http://test', data as DOMStringMap));
  widgets.push(widget);
  return widget;
}
const connectedAs = (widget: Widget) => widget.state.connected?.me.id;

test('what a customer wrote without a connection is not sent as the next one', async () => {
  const widget = widgetOf(alice);
  server.reachable = false;
  widget.send('my password is 1234');
  await until(() => widget.state.connection === 'waiting');
  assert.equal(widget.state.pending.length, 1);
  const { person } = widget.state;
  server.reachable = true;
  await widget.identify(bob);
  assert.equal(connectedAs(widget), 'customer-bob');
  assert.notEqual(widget.state.person, person, 'text box, files and forms begin anew');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(server.requests.filter(({ path }) => path.endsWith('/messages')), []);
  assert.deepEqual(widget.state.connected?.client.outbox.queue, []);
});

test('who was unknown signs in, and goes on with what they began', async () => {
  const widget = widgetOf();
  widget.draft = 'half a sen';
  const { person } = widget.state;
  await widget.identify(alice);
  assert.equal(widget.state.person, person);
  assert.equal(widget.draft, 'half a sen');
});

test('signed in anew just as it connects: what waited goes all the same, and once', async () => {
  const widget = widgetOf(alice);
  server.routes['POST /api/v1/conversations/customer-alice/messages'] = () => refuse(503, 9, 'Later.');
  server.reachable = false;
  widget.send('hello');
  await until(() => widget.state.connection === 'waiting');
  server.reachable = true;
  let identified: Promise<void> | undefined;
  widget.state$.onChange(() => {
    if (widget.state.connected) identified ??= widget.identify({ ...alice, hash: 'of today' });
  });
  await widget.connect(false);
  await until(() => identified !== undefined);
  await identified;
  await until(() => (widget.state.connected?.client.outbox.queue.length ?? 0) > 0);
  assert.deepEqual(widget.state.connected?.client.outbox.queue.map(({ message }) => message.text), ['hello']);
  assert.deepEqual(widget.state.pending, []);
});

test('what a visitor wrote without a connection is sent as the customer who they sign in as', async () => {
  const widget = widgetOf();
  const sent: string[] = [];
  server.routes['POST /api/v1/conversations/customer-alice/messages'] = ({ body }) => {
    sent.push(String(body['text']));
    const message = { id: sent.length, conversation_id: 'customer-alice', user: { id: 'customer-alice', name: 'Alice', role: 'user' }, text: body['text'], client_id: body['client_id'], created_at: '2026-01-01T00:00:00.000Z' };
    return { status: 201, body: { message } };
  };
  await widget.connect(true);
  assert.equal(connectedAs(widget), 'visitor-1');
  server.reachable = false;
  server.socket.end(1006);
  widget.send('Is it in stock?');
  await until(() => widget.state.connected?.client.outbox.queue[0]?.delivery === 'waiting');
  await widget.identify(alice);
  assert.deepEqual(widget.state.pending.map(({ text }) => text), ['Is it in stock?'], 'it is still seen');
  server.reachable = true;
  await widget.connect(false);
  assert.equal(connectedAs(widget), 'customer-alice');
  await until(() => sent.length > 0);
  assert.deepEqual(sent, ['Is it in stock?']);
  assert.deepEqual(widget.state.pending, []);
});

test('kept over a reload: what the visitor left waiting is the customer’s on a page that says who it is', async () => {
  const shared = new MemoryOutbox();
  const file = { name: 'a.png', file: new Blob(['a']), attachment: { id: 'f1', name: 'a.png', type: 'image/png', size: 1, url: '/files/f1/a.png' } } as unknown as UnsentMessage['files'][number];
  await shared.tab().put('visitor-1', { key: 'k', conversationId: 'visitor-1', text: 'of the visitor', at: 1, private: false, files: [file] });
  const early = new Early('http://test', () => {}, shared.tab());
  assert.equal(early.owns('visitor-1', 'Alice', 'visitor-1'), true, 'not wiped before it was looked at');
  const { pending, earlier } = await early.load('Alice', 'visitor-1');
  assert.deepEqual([pending.map(({ text }) => text), earlier], [['of the visitor'], []]);
  assert.equal(pending[0]?.files[0]?.attachment, undefined, 'the visitor’s upload is not the customer’s');
  await until(() => shared.keysOf('visitor-1').length === 0);
  assert.deepEqual(shared.keysOf('customer Alice'), ['k']);
});

test('a draft is there again on the pages of who began it, and on nobody else’s', async () => {
  widgetOf(alice).draft = 'Dear shop';
  assert.equal(widgetOf(alice).draft, 'Dear shop');
  assert.equal(widgetOf(bob).draft, '');
  assert.equal(widgetOf().draft, '');
  const widget = widgetOf(alice);
  await widget.logout();
  assert.equal(widgetOf(alice).draft, '');
});

test('the last word counts: identify and logout in one turn', async () => {
  const widget = widgetOf(alice);
  await widget.connect(false);
  void widget.identify(bob);
  await widget.logout();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(connectedAs(widget), undefined);
  assert.deepEqual(asked, ['Alice'], 'Bob’s session is not even asked for');

  void widget.logout();
  void widget.identify(alice);
  await widget.identify(bob);
  await until(() => connectedAs(widget) !== undefined);
  assert.equal(connectedAs(widget), 'customer-bob');
});

test('that one was banned is not told to the next', async () => {
  const widget = widgetOf(alice);
  await widget.connect(false);
  refusal = refuse(403, 17, 'This account is banned: Rude.');
  server.socket.emit({ type: 'connection.error', error: { code: 17, status_code: 403, message: 'This account is banned: Rude.' } });
  server.socket.end(4003);
  await until(() => widget.state.banned?.reason === 'Rude.');
  refusal = undefined;
  await widget.logout();
  assert.equal(widget.state.banned, undefined);
  assert.equal(widget.state.connection, 'none');
});

test('signed out by the server, and another one is there at once: no retry for the first one', async () => {
  const widget = widgetOf(alice);
  await widget.connect(false);
  let identified: Promise<void> | undefined;
  const seen: string[] = [];
  widget.state$.onChange(() => {
    seen.push(widget.state.connection);
    if (!widget.state.connected) identified ??= widget.identify(bob);
  });
  server.socket.emit({ type: 'connection.error', error: { code: 5, status_code: 401, message: 'Session ended.' } });
  server.socket.end(4003);
  await until(() => identified !== undefined);
  await identified;
  assert.equal(connectedAs(widget), 'customer-bob');
  assert.ok(!seen.includes('waiting'), seen.join());
});

test('an account that is made while one signs out is not kept', async () => {
  const widget = widgetOf();
  const late = gate();
  answering = late.promise;
  const connecting = widget.connect(true);
  await until(() => asked.length === 1);
  await widget.logout();
  late.open();
  await connecting;
  assert.equal(widget.memory.read('visitor'), undefined);
});

test('kept over a reload: a customer’s words are theirs, nobody’s are whose page it is', async () => {
  const shared = new MemoryOutbox();
  const early = () => new Early('http://test', () => {}, shared.tab());
  const words = (text: string): UnsentMessage => ({ key: text, conversationId: '', text, at: 1, private: false, files: [] });
  early().keep(words('of Alice'), 'Alice');
  early().keep(words('of nobody'), undefined);
  const texts = async (customer: string | undefined) => (await early().load(customer, undefined)).pending.map(({ text }) => text);
  await until(() => shared.rows.size === 2);
  assert.deepEqual(await texts('Alice'), ['of Alice', 'of nobody']);
  assert.deepEqual(await texts('Bob'), ['of nobody']);
  assert.deepEqual(await texts(undefined), ['of nobody']);
  early().discard('of Alice', 'Alice', undefined);
  await until(() => shared.rows.size === 1);
  await early().forget();
  assert.equal(shared.rows.size, 0);
});

test('what nobody takes over stays theirs, and nobody’s when all is forgotten', async () => {
  const shared = new MemoryOutbox();
  const words: UnsentMessage = { key: 'k', conversationId: '', text: 'hello', at: 1, private: false, files: [] };
  const signedOut = { add: () => Promise.resolve(false) } as unknown as Outbox;
  const early = new Early('http://test', () => {}, shared.tab());
  const pending = async (customer: string | undefined) => (await early.load(customer, undefined)).pending.map(({ text }) => text);
  early.keep(words, undefined); // before the page said who it is
  assert.deepEqual(await early.handOver([words], signedOut, 'customer-alice', 'Alice'), [words]);
  assert.deepEqual(await pending('Alice'), ['hello']);
  assert.deepEqual(await pending('Bob'), []);
  const late = early.handOver([words], signedOut, 'customer-alice', 'Alice');
  await early.forget();
  assert.deepEqual(await late, []);
  assert.equal(shared.rows.size, 0);
});

test('a storage that is full shows what was written last, and nothing that was taken away elsewhere', () => {
  const { memory } = widgetOf();
  memory.write('open', 1, 'session');
  tab.full = true;
  memory.write('open', 2, 'session');
  assert.equal(memory.read('open', 'session'), 2);
  tab.full = false;
  memory.write('open', 3, 'session');
  tab.rows.clear();
  assert.equal(memory.read('open', 'session'), undefined);
});
