// SPDX-License-Identifier: Apache-2.0
/**
 * The widget without its looks, START HERE: who is before it, the connection, what is open. An account is made when
 * somebody new first writes, attaches or calls, so that passers-by leave nothing on the server.
 */
import { ChatStore, Store, VideoClient, banNotice, callIdOf, randomId, ringSide } from '@confab/client';
import type { BanNotice, Call, Logger, Observable, UnsentFile, UnsentMessage, UserObject, WidgetTeamResponse } from '@confab/client';
import { Early } from './early.ts';
import { Identity, Refused } from './identity.ts';
import { Memory } from './memory.ts';
import type { Customer, Settings } from './settings.ts';

/** Everything that needs somebody connected. */
export interface Connected {
  readonly client: VideoClient;
  readonly chat: ChatStore;
  readonly me: UserObject;
}

export interface ActiveCall {
  readonly call: Call;
  /** Rings the team. */
  readonly ring: boolean;
  /** One is in it on another device or in another tab: that one leaves. */
  readonly takeOver: boolean;
  /** Camera and sound are looked at first: it is not joined yet. */
  readonly checking: boolean;
}

/** How a call went that one is out of again. */
export interface CallEnd {
  /** How long one was in it with somebody else; undefined: nobody came. */
  readonly ms: number | undefined;
  /** Why nobody came, in words. */
  readonly result?: string | undefined;
}

export interface EndedCall extends CallEnd {
  readonly call: Call;
}

export interface WidgetState {
  /** Another number when somebody else sits here: nothing that was begun before then is theirs. */
  readonly person: number;
  readonly open: boolean;
  /** The focus is wanted in the text box. */
  readonly writing: boolean;
  /** none: nobody is known yet; waiting: the server cannot be reached, trying again. */
  readonly connection: 'none' | 'connecting' | 'ready' | 'waiting' | 'refused';
  readonly connected: Connected | undefined;
  /** Whom a passer-by may expect; of somebody connected the chat knows it. */
  readonly team: WidgetTeamResponse | undefined;
  /** The team has closed the door; it is asked again now and then, for bans end. */
  readonly banned: BanNotice | undefined;
  /** Written before there was a connection. */
  readonly pending: readonly UnsentMessage[];
  /** Left waiting by an earlier page, as long as there is no connection: then the chat has them. */
  readonly earlier: readonly UnsentMessage[];
  readonly unread: number;
  /** The call on screen. */
  readonly active: ActiveCall | undefined;
  /** A call that rings here. */
  readonly ringing: Call | undefined;
  /** The call that one is told of, and asked how it was. */
  readonly ended: EndedCall | undefined;
  /** The last call could not even be shown. */
  readonly callFailed: boolean;
}

export interface WidgetEvents {
  ready: undefined;
  open: undefined;
  close: undefined;
  /** How many messages have not been looked at. */
  unread: number;
  /** ringing, active or ended. */
  call: string;
}

const RETRY_MS = 2000;
const RETRY_MAX_MS = 30_000;
const MOVED_MS = 1000;
/** Who has left a call is listed in it until the server has said so. */
const GONE_MS = 1500;

/** The page's console belongs to the page: only what is wrong is said. */
const quiet: Logger = { debug: () => {}, info: () => {}, warn: (...words) => console.warn('Confab:', ...words), error: (...words) => console.error('Confab:', ...words) };

export class Widget {
  readonly state$: Observable<WidgetState>;
  readonly #state = new Store<WidgetState>({
    person: 0,
    open: false,
    writing: false,
    connection: 'none',
    connected: undefined,
    team: undefined,
    banned: undefined,
    pending: [],
    earlier: [],
    unread: 0,
    active: undefined,
    ringing: undefined,
    ended: undefined,
    callFailed: false,
  });
  readonly memory: Memory;
  readonly #identity: Identity;
  readonly #early: Early;
  readonly #listeners = new Map<keyof WidgetEvents, Set<(value: never) => void>>();
  /** Changes with every identity: what belongs to an older one is dropped. */
  #round = 0;
  #connecting: Promise<Connected | undefined> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #stops: (() => void)[] = [];
  /** The page that the team was last told of. */
  #page = '';
  readonly #life = new AbortController();
  /** When one was last in a call here. */
  #leftAt = 0;

  constructor(readonly settings: Settings) {
    this.state$ = this.#state;
    this.memory = new Memory(`confab ${settings.server} `);
    this.#identity = new Identity(settings.server, this.memory, settings.customer);
    this.#early = new Early(settings.server, quiet.warn);
  }

  get state(): WidgetState {
    return this.#state.get();
  }

  /** Opens what was open before the page was loaded anew, and connects somebody who is known. */
  start(): void {
    const signal = this.#life.signal;
    window.addEventListener('online', () => this.#retry !== undefined && void this.connect(this.state.pending.length > 0), { signal });
    // a page of one piece changes its address, and a moment later its title
    const { navigation } = window as { navigation?: EventTarget };
    const moved = () => setTimeout(() => this.#tellPage(), MOVED_MS);
    navigation?.addEventListener('currententrychange', moved, { signal });
    window.addEventListener('popstate', moved, { signal });
    if (this.#identity.known) void this.connect(false);
    void this.#restore();
    if (this.memory.read<boolean>('open', 'session')) this.open();
    this.#emit('ready', undefined);
  }

  /** For good: nothing of it goes on. */
  async stop(): Promise<void> {
    this.#life.abort();
    this.#listeners.clear();
    await this.#disconnect(true);
  }

  open(): void {
    if (this.state.open) return;
    this.#set({ open: true });
    this.memory.write('open', true, 'session');
    this.state.connected?.chat.open(this.state.connected.me.id);
    if (!this.#identity.known) void this.#askTeam();
    this.#tellPage();
    this.#emit('open', undefined);
  }

  /** Opens the chat at its text box. */
  write(): void {
    this.open();
    this.#set({ writing: true });
  }

  /** The text box has the focus. */
  atTextBox(): void {
    this.#set({ writing: false });
  }

  async #askTeam(): Promise<void> {
    try {
      const answer = await fetch(`${this.settings.server}/api/v1/widget/team`, { credentials: 'omit' });
      if (answer.ok) this.#set({ team: (await answer.json()) as WidgetTeamResponse });
    } catch {
      // what is not known is not said
    }
  }

  close(): void {
    if (!this.state.open) return;
    this.#set({ open: false });
    this.memory.write('open', undefined, 'session');
    this.#emit('close', undefined);
  }

  on<K extends keyof WidgetEvents>(type: K, listener: (value: WidgetEvents[K]) => void): () => void {
    const set = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, set.add(listener as (value: never) => void));
    return () => void set.delete(listener as (value: never) => void);
  }

  /** The page knows who this is. The same customer again changes nothing; who was unknown goes on with what they began. */
  async identify({ id, hash, name, image }: Customer): Promise<void> {
    const { customer: now } = this.#identity;
    if (now?.id === id && now.hash === hash) return;
    this.#identity.customer = { id, hash, name, image }; // at once: whoever calls before this is done has the last word
    if (now && now.id !== id) this.#forgetPerson();
    if (!now) this.#claim(id);
    await this.#disconnect(true);
    if (!now) void this.#restore();
    await this.connect(false);
  }

  /** Whatever waits goes as this customer, who wrote it before they signed in. */
  #claim(customerId: string): void {
    const { connected, earlier, pending } = this.state;
    const waiting = connected ? connected.client.outbox.queue.map(({ message }) => message) : earlier;
    this.#set({ pending: this.#early.claim([...waiting, ...pending], customerId, this.#identity.visitorId) });
  }

  /** Whoever sits here next finds nothing of this one. */
  async logout(): Promise<void> {
    this.#identity.forget();
    this.#forgetPerson();
    await Promise.all([this.#disconnect(false), this.#early.forget()]);
  }

  #forgetPerson(): void {
    this.draft = '';
    this.#set({ person: this.state.person + 1, pending: [] });
  }

  /** What is being written, over reloads of the page; a customer's on pages of that customer only. */
  get draft(): string {
    const { text, by } = this.memory.read<{ text?: string; by?: string }>('draft', 'session') ?? {};
    return typeof text === 'string' && (by === undefined || by === this.#identity.customer?.id) ? text : '';
  }

  set draft(text: string) {
    this.memory.write('draft', text === '' ? undefined : { text, by: this.#identity.customer?.id }, 'session');
  }

  /** Shows the message at once; it goes when there is a connection, also when the page was loaded anew by then. */
  send(text: string, files: readonly UnsentFile[] = []): void {
    const { connected, pending } = this.state;
    if (connected) {
      this.#tellPage();
      return connected.chat.send(connected.me.id, text, { files });
    }
    const at = Math.max(Date.now(), ...pending.map((other) => other.at + 1));
    const message = { key: randomId(), conversationId: '', text, at, private: false, files };
    this.#early.keep(message, this.#identity.customer?.id);
    this.#set({ pending: [...pending, message] });
    void this.connect(true);
  }

  /** One that was written before there was a connection is not to be sent. */
  discard(key: string): void {
    const others = (list: readonly UnsentMessage[]) => list.filter((message) => message.key !== key);
    this.#early.discard(key, this.#identity.customer?.id, this.#identity.visitorId);
    this.#set({ pending: others(this.state.pending), earlier: others(this.state.earlier) });
  }

  /** Shows the lobby, from where it rings the team; or joins the call that is live in the conversation. `check: false`: rings at once. */
  async call({ check = this.settings.lobby } = {}): Promise<void> {
    const connected = await this.connect(true);
    if (!connected || this.state.connected !== connected || this.state.active) return;
    const call = connected.client.call('default', callIdOf(connected.me.id));
    const people = connected.chat.state.conversations.get(connected.me.id)?.call?.participants ?? [];
    const others = people.some(({ id }) => id !== connected.me.id);
    const takeOver = people.some(({ id }) => id === connected.me.id) && Date.now() - this.#leftAt > GONE_MS;
    const ring = !others && !takeOver;
    const checking = ring && check;
    this.#set({ active: { call, ring, takeOver, checking }, ended: undefined, callFailed: false });
    if (!checking) this.#emit('call', 'active');
  }

  /** From the lobby into the call. */
  joinChecked(): void {
    const { active } = this.state;
    if (!active?.checking) return;
    this.#set({ active: { ...active, checking: false } });
    this.#emit('call', 'active');
  }

  /** One thought better of it in the lobby. */
  endCheck(): void {
    if (this.state.active?.checking) this.#set({ active: undefined });
  }

  /** Rejects with ConfabError when it was answered elsewhere. */
  async accept(call: Call, camera = true): Promise<void> {
    const { connected } = this.state;
    if (!camera) await call.camera.disable({ remember: false });
    await call.accept();
    if (this.state.connected !== connected) return;
    this.hangUp(); // one at a time: nobody would see the other one's camera
    this.#set({ active: { call, ring: false, takeOver: false, checking: false }, ended: undefined, ringing: undefined });
    this.#emit('call', 'active');
  }

  /** `end`: what there is to say of it. */
  hangUp(end?: CallEnd): void {
    if (!this.state.active) return;
    const { call, checking } = this.state.active;
    if (checking) return this.endCheck();
    void call.leave();
    this.#leftAt = Date.now();
    this.#set({ active: undefined, ended: end && { call, ...end } });
    this.#emit('call', 'ended');
  }

  /** What is said of a call that is over is taken away. */
  endAfter(): void {
    this.#set({ ended: undefined });
  }

  /** What shows calls could not be fetched: the server may have another version by now. */
  failCall(): void {
    this.hangUp();
    this.#set({ callFailed: true });
    this.open();
  }

  /** Undefined: nobody is known and nobody is to be made, or it did not work; then it is tried again by itself. */
  connect(create: boolean): Promise<Connected | undefined> {
    if (this.state.connected) return Promise.resolve(this.state.connected);
    const under = this.#connecting;
    if (under) return create ? under.then((connected) => connected ?? (this.#connecting ? undefined : this.connect(true))) : under;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#set({ connection: 'connecting' });
    const connecting = this.#connect(create, this.#round).finally(() => {
      if (this.#connecting === connecting) this.#connecting = undefined;
    });
    this.#connecting = connecting;
    return connecting;
  }

  async #connect(create: boolean, round: number): Promise<Connected | undefined> {
    const { server } = this.settings;
    try {
      const ask = () => this.#identity.session(create);
      const first = await (create ? this.#early.alone('account', ask) : ask()); // two tabs make one
      if (round !== this.#round) return undefined;
      if (!first) {
        this.#set({ connection: 'none' });
        return undefined;
      }
      let token: string | undefined = first.token;
      const provider = async () => {
        const fresh = token ?? (await this.#identity.session(false))?.token ?? '';
        token = undefined;
        return fresh;
      };
      const options = { baseURL: server, logger: quiet, devicePersistence: { storageKey: `confab ${server} devices` }, outbox: this.#early.storage ?? (false as const) };
      const client = new VideoClient({ apiKey: 'widget', options });
      const me = await client.connectUser({ id: first.user.id, name: first.user.name }, provider);
      if (round !== this.#round) {
        void client.disconnectUser({ keepUnsent: true });
        return undefined;
      }
      return this.#connected({ client, chat: new ChatStore(client, me), me });
    } catch (error) {
      if (round === this.#round) this.#failed(error, create);
      return undefined;
    }
  }

  #connected(connected: Connected): Connected {
    const { client, chat, me } = connected;
    const { open, pending } = this.state;
    this.#tries = 0;
    this.#stops = [
      chat.state$.subscribe(({ unread }) => this.#onUnread([...unread.values()].reduce((sum, n) => sum + n, 0))),
      client.on('all', () => this.#lookForRings()),
      client.on('connection.changed', ({ state, error }) => state === 'disconnected' && this.#onSignedOut(error)),
    ];
    chat.start();
    if (open) chat.open(me.id);
    const customerId = this.#identity.customer?.id;
    const { visitorId } = this.#identity;
    void client.outbox.forget((userId) => userId !== me.id && !this.#early.owns(userId, customerId, visitorId)); // who was here before is gone
    void this.#handOver(pending, connected);
    this.#set({ connected, connection: 'ready', banned: undefined, pending: [], earlier: [] });
    this.#tellPage();
    this.#lookForRings();
    return connected;
  }

  /** What was written before there was a connection goes; when that has ended meanwhile, with the next one of the same person. */
  async #handOver(pending: readonly UnsentMessage[], { client, me }: Connected): Promise<void> {
    const { person } = this.state;
    const left = await this.#early.handOver(pending, client.outbox, me.id, this.#identity.customer?.id);
    if (left.length === 0 || person !== this.state.person) return;
    if (this.state.connected) return this.#handOver(left, this.state.connected);
    this.#set({ pending: [...left, ...this.state.pending] });
  }

  /** What an earlier page left waiting is shown, and goes. */
  async #restore(): Promise<void> {
    const round = this.#round;
    const customerId = this.#identity.customer?.id;
    const { pending, earlier } = await this.#early.load(customerId, this.#identity.visitorId);
    if (round !== this.#round || pending.length + earlier.length === 0) return;
    const { connected } = this.state;
    if (connected) return this.#handOver(pending, connected);
    const known = new Set(this.state.pending.map(({ key }) => key));
    this.#set({ pending: [...pending.filter(({ key }) => !known.has(key)), ...this.state.pending], earlier });
    if (pending.length > 0) void this.connect(true);
  }

  #failed(error: unknown, create: boolean): void {
    if (error instanceof Refused) {
      quiet.warn(error.message);
      this.#set({ connection: 'refused' });
      return;
    }
    this.#set({ connection: 'waiting', banned: banNotice(error) });
    const wait = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** this.#tries++);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.connect(create || this.state.pending.length > 0);
    }, wait);
  }

  /** The server ended it: the account is gone or banned, or its secret is another one. */
  #onSignedOut(error: unknown): void {
    if (!this.state.connected) return;
    const round = this.#round + 1; // of nobody, until the page says who is there now
    void this.#disconnect(true).then(() => round === this.#round && this.#failed(error, false));
  }

  async #disconnect(keepUnsent: boolean): Promise<void> {
    const { connected } = this.state;
    this.#round++;
    this.#page = '';
    this.#connecting = undefined;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#tries = 0;
    for (const stop of this.#stops.splice(0)) stop();
    this.hangUp();
    this.#set({ connected: undefined, connection: 'none', banned: undefined, earlier: [], ringing: undefined, ended: undefined, callFailed: false });
    this.#onUnread(0);
    connected?.chat.stop();
    await connected?.client.disconnectUser({ keepUnsent });
  }

  /** The state of a call changes with an event, or just after it. */
  #lookForRings(): void {
    const { connected, active, ringing } = this.state;
    const now = connected?.client.state.calls.find(
      (call) => (call !== active?.call || active.checking) && call.ringing && ringSide(call.state.ring, connected.me.id) === 'incoming',
    );
    if (now === ringing) return;
    this.#set({ ringing: now });
    if (now) this.#emit('call', 'ringing');
    now?.state.callingState$.onChange(() => this.#lookForRings());
  }

  /** Tells the team which page they are on. */
  #tellPage(): void {
    const page = location.origin + location.pathname; // what stands behind may be private
    const { connected } = this.state;
    if (!connected || page === this.#page) return;
    this.#page = page;
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    void connected.client.support.seen({ page, title: document.title, language: navigator.language, timeZone }).catch(() => {}); // only a hint
  }

  #onUnread(unread: number): void {
    if (unread === this.state.unread) return;
    this.#set({ unread });
    this.#emit('unread', unread);
  }

  #emit<K extends keyof WidgetEvents>(type: K, value: WidgetEvents[K]): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        (listener as (value: WidgetEvents[K]) => void)(value);
      } catch (error) {
        reportError(error);
      }
    }
  }

  #set(change: Partial<WidgetState>): void {
    this.#state.update((state) => ({ ...state, ...change }));
  }
}
