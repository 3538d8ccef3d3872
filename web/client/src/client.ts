// SPDX-License-Identifier: Apache-2.0
/**
 * The client of one signed-in person: create it, connect the user, join calls, in this order. Creating it never
 * connects; every operation before `connectUser` or after `disconnectUser` rejects with TOKEN_NOT_SET.
 */
import { Call, checkCallId } from './call/call.ts';
import type { CallContext } from './call/context.ts';
import type { CallResponse } from './contract.ts';
import type { CallEvent, CallEvents } from './call/events.ts';
import { CallingState } from './call/machine.ts';
import { ringSide } from './call/ring.ts';
import type { PageRequest } from './call/types.ts';
import { ChatApi } from './chat/api.ts';
import { fresh } from './chat/rename.ts';
import { Channel, selectChannels, type ChannelData, type ChannelFilter, type ChannelSort, type ChannelType } from './chat/channel.ts';
import { browserOutbox } from './chat/browser-outbox.ts';
import { Outbox } from './chat/outbox.ts';
import type { OutboxStorage } from './chat/unsent.ts';
import type { ServerWarningObject, UserObject } from './contract.ts';
import { browserCapture, type Capture } from './devices/browser.ts';
import { noPreferences, storedPreferences } from './devices/preferences.ts';
import { Emitter } from './emitter.ts';
import { ConfabError, ErrorCode, tokenNotSet } from './errors.ts';
import type { ClientEvent, ClientEvents, ConnectionState, SocketEvent } from './events.ts';
import { consoleLogger, type Logger } from './logger.ts';
import { livekitFactory, type MediaFactory } from './media/session.ts';
import { browserNetwork, type Network } from './network.ts';
import { ModerationApi } from './moderation.ts';
import { OperatorApi } from './operator.ts';
import { SupportApi } from './support/api.ts';
import { Rest, type Fetch } from './rest.ts';
import { EventSocket, browserSocket, defaultBackoff, type Backoff, type SocketFactory } from './socket.ts';
import { Store, type Observable } from './store.ts';
import { TokenManager, type TokenOrProvider, type TokenProvider } from './token.ts';
import { randomId } from './userid.ts';
import { ANONYMOUS_ID, makeGuest, userKey, type GuestUser, type User } from './users.ts';

export interface ClientOptions {
  /** Where the server is, for example https://chat.example.com. Default: the origin of the page. */
  baseURL?: string;
  /** Default: the console, from level info up. */
  logger?: Logger;
  /** Remember devices, and whether they were on, between visits (in localStorage). Default: true. */
  devicePersistence?: boolean | { storageKey: string };
  /** Where messages wait that are not sent yet. Default: IndexedDB, when there is one; false: in this page's memory. */
  outbox?: OutboxStorage | false;
  /** Decline with "busy" what rings while this client is in another call. The call type may do that on the server too. */
  rejectCallWhenBusy?: boolean;
  /** Replaceable for tests and for places without a browser. */
  fetch?: Fetch;
  socket?: SocketFactory;
  media?: MediaFactory;
  capture?: Capture;
  network?: Network;
  backoff?: Backoff;
}

export interface CallsPage {
  calls: Call[];
  next?: string;
  prev?: string;
}

export interface ClientConfig {
  apiKey: string;
  /** Used by `connectUser()` without arguments. */
  user?: User;
  /** A fixed user token: its expiry is final. */
  token?: string;
  /** Returns a user token; asked again whenever the old one expired. */
  tokenProvider?: TokenProvider;
  options?: ClientOptions;
}

interface Stores {
  connection: Observable<ConnectionState>;
  user: Observable<UserObject | undefined>;
  calls: Observable<readonly Call[]>;
}

export class ClientState {
  readonly connectionState$: Observable<ConnectionState>;
  readonly connectedUser$: Observable<UserObject | undefined>;
  /** The calls of `client.call`, until disconnectUser. */
  readonly calls$: Observable<readonly Call[]>;

  constructor(stores: Stores) {
    this.connectionState$ = stores.connection;
    this.connectedUser$ = stores.user;
    this.calls$ = stores.calls;
  }
  get connectionState(): ConnectionState {
    return this.connectionState$.get();
  }
  get connectedUser(): UserObject | undefined {
    return this.connectedUser$.get();
  }
  get calls(): readonly Call[] {
    return this.calls$.get();
  }
}

export class VideoClient {
  static readonly #instances = new Map<string, VideoClient>();

  /** The same client for the same API key and user, made at the first call. */
  static getOrCreateInstance(config: ClientConfig & { user: User }): VideoClient {
    const key = `${config.apiKey} ${userKey(config.user)}`;
    let client = VideoClient.#instances.get(key);
    if (!client) VideoClient.#instances.set(key, (client = new VideoClient(config)));
    return client;
  }

  readonly state: ClientState;
  /** Conversations and messages. */
  readonly chat: ChatApi;
  /** Messages on their way: they wait while there is no connection, and survive a reload. */
  readonly outbox: Outbox;
  /** Live calls and past ones, for admins. */
  readonly operator: OperatorApi;
  /** What a team does with its conversations. */
  readonly support: SupportApi;
  /** Bans, for the team, and one's own blocks. */
  readonly moderation: ModerationApi;

  /** This client among the user's devices and tabs: which of them answered a ring. */
  readonly deviceId = randomId();

  readonly #config: ClientConfig;
  readonly #log: Logger;
  readonly #connection = new Store<ConnectionState>('disconnected');
  readonly #user = new Store<UserObject | undefined>(undefined);
  readonly #calls = new Store<readonly Call[]>([]);
  readonly #warnings = new Store<readonly ServerWarningObject[]>([]);
  readonly #channels = new Map<string, Channel>();
  readonly #tokens = new TokenManager();
  readonly #events: Emitter<ClientEvents>;
  readonly #context: CallContext;
  readonly #rest: Rest;
  readonly #media: MediaFactory;
  /** Of the user that is connected or connecting. */
  #connecting: { key: string; promise: Promise<UserObject> } | undefined;
  #socket: EventSocket | undefined;
  #stopNetwork: (() => void) | undefined;
  /** Events that came with connection.ok, until the user is set. */
  readonly #early: SocketEvent[] = [];

  constructor(config: ClientConfig) {
    const options = config.options ?? {};
    this.#config = config;
    this.#log = options.logger ?? consoleLogger;
    this.#events = new Emitter<ClientEvents>(this.#log);
    this.#media = options.media ?? livekitFactory;
    this.state = new ClientState({ connection: this.#connection, user: this.#user, calls: this.#calls });
    this.#rest = new Rest({
      baseURL: () => this.#baseURL(),
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      tokens: this.#tokens,
    });
    const ready = async (): Promise<void> => {
      if (!this.#connecting) throw tokenNotSet();
      await this.#connecting.promise;
    };
    // a machine that knows to be offline need not wait for a reply that cannot come
    const ask = (type: string, fields: object) => (this.#context.network.online() ? this.#socket?.ask(type, fields) : undefined);
    this.chat = new ChatApi({ ready, rest: this.#rest, ask });
    let storage: OutboxStorage | undefined;
    const { outbox } = options;
    this.outbox = new Outbox(this.chat, () => (storage ??= outbox === false ? undefined : (outbox ?? browserOutbox(this.#baseURL()))), this.#log);
    this.operator = new OperatorApi({ ready, rest: this.#rest }, this.#warnings);
    this.support = new SupportApi({ ready, rest: this.#rest });
    this.moderation = new ModerationApi({ ready, rest: this.#rest });
    const { devicePersistence: keep = true } = options;
    this.#context = {
      ready,
      me: () => this.#user.get()?.id,
      deviceId: this.deviceId,
      rest: this.#rest,
      events: this.#events as unknown as Emitter<CallEvents>, // it carries those and more; calls listen by cid
      media: this.#media,
      capture: options.capture ?? browserCapture,
      preferences: keep === false ? noPreferences : storedPreferences(keep === true ? undefined : keep.storageKey),
      network: options.network ?? browserNetwork,
      reach: () => this.#socket?.reach(),
      log: this.#log,
      backoff: options.backoff ?? defaultBackoff,
    };
  }

  /**
   * Signs in: asks for a token, checks that it is this user's, opens the event socket. The same user again gets the
   * same promise; another user is refused until `disconnectUser`. Without arguments the constructor's are used.
   * Rejects with ConfabError; what a tokenProvider threw is its `cause`.
   */
  connectUser(user: User | undefined = this.#config.user, tokenOrProvider?: TokenOrProvider): Promise<UserObject> {
    let key: string;
    let source: TokenOrProvider | undefined;
    try {
      if (!user) throw new ConfabError('connectUser needs a user: {id, name, image}.', { code: ErrorCode.badInput });
      key = userKey(user);
      source = user.type === 'guest' ? '' : (tokenOrProvider ?? this.#ownSource(key));
    } catch (error) {
      return Promise.reject(error as ConfabError);
    }
    if (this.#connecting) {
      if (this.#connecting.key === key) return this.#connecting.promise;
      const message = `${this.#connecting.key} is connected. Call disconnectUser before connecting ${key}.`;
      return Promise.reject(new ConfabError(message, { code: ErrorCode.badInput, unrecoverable: true }));
    }
    if (source === undefined) {
      const message = 'connectUser needs a token or a tokenProvider.';
      return Promise.reject(new ConfabError(message, { code: ErrorCode.authFailed, unrecoverable: true }));
    }
    const current = { key, promise: Promise.resolve() as unknown as Promise<UserObject> };
    this.#connecting = current;
    const ours = () => this.#connecting === current;
    current.promise = user.type === 'guest' ? this.#connectGuest(user, ours) : this.#connect(key, source, ours);
    current.promise.catch(() => {
      if (this.#connecting === current) this.#teardown();
    });
    return current.promise;
  }

  /**
   * Signs out: leaves every call, closes the socket, forgets user, token, provider and the user's unsent messages. With
   * `keepUnsent` these wait for the user's next `connectUser`. Resolves also when nobody is connected.
   */
  disconnectUser({ keepUnsent = false }: { keepUnsent?: boolean } = {}): Promise<void> {
    return this.#signOut(keepUnsent);
  }

  /** `error`: why the server ended it. */
  async #signOut(keepUnsent: boolean, error?: ConfabError): Promise<void> {
    const calls = this.#calls.get();
    const id = this.#user.get()?.id;
    this.#teardown(error);
    const left = calls.map((call) => call.leave()); // at once: cameras must not stay on while a storage takes its time
    if (!keepUnsent && id !== undefined) await this.outbox.forget((userId) => userId === id);
    await Promise.all(left);
  }

  /** A handle on a call; makes no request. The same handle for the same type and id. Throws for an impossible id. */
  call(type: string, id: string): Call {
    checkCallId(type, id);
    const known = this.#calls.get().find((call) => call.type === type && call.id === id);
    if (known) return known;
    const call = new Call(type, id, this.#context);
    this.#calls.update((calls) => [...calls, call]);
    return call;
  }

  /**
   * A handle on a conversation; makes no request. Types: 'support' (id: the customer), 'direct' (id: the other), 'group'. The
   * same handle for the same type and id; with a name, `watch` makes a group that is not there.
   */
  channel(type: ChannelType, id: string, data?: ChannelData): Channel {
    const cid = `${type}:${id}`;
    let channel = this.#channels.get(cid);
    if (!channel) this.#channels.set(cid, (channel = new Channel(type, id, { client: this, me: () => this.#user.get() }, data)));
    return channel;
  }

  /** This user's direct and group conversations; by default latest activity first. */
  async queryChannels(filter?: ChannelFilter, sort?: ChannelSort): Promise<Channel[]> {
    const me = await this.#context.ready().then(() => this.#user.get()?.id);
    const { channels } = await this.chat.channels();
    return selectChannels(channels, filter, sort).map((c) => {
      const other = c.members.find(({ user }) => user.id !== me)?.user.id ?? '';
      return this.channel(c.type, c.type === 'direct' ? other : c.id.slice('group.'.length)).handleListed(c);
    });
  }

  /**
   * Calls by conditions, in the order of `sort`, page by page: product fields id, cid, type, created_by_user_id, created_at,
   * updated_at, ended_at, starts_at, backstage, members, ongoing, custom.<name>. With `watch`, their events arrive too.
   */
  async queryCalls(query: PageRequest & { watch?: boolean } = {}): Promise<CallsPage> {
    await this.#context.ready();
    const { calls, next, prev } = await this.#rest.post<{ calls: CallResponse[]; next?: string; prev?: string }>('/api/v1/calls', query);
    const found = calls.map((reply) => {
      const call = this.call(reply.call.type, reply.call.id);
      call.handleReply(reply, query.watch === true);
      return call;
    });
    return { calls: found, ...(next === undefined ? {} : { next }), ...(prev === undefined ? {} : { prev }) };
  }

  /** Events of the server about anything this user may see; 'all' for every one. Returns the way to stop listening. */
  on<K extends keyof ClientEvents>(type: K, listener: (event: ClientEvents[K]) => void): () => void;
  on(type: 'all', listener: (event: ClientEvent) => void): () => void;
  on<K extends keyof ClientEvents>(type: K | 'all', listener: (event: never) => void): () => void {
    if (type === 'all') return this.#events.onAny(listener as (event: ClientEvent) => void);
    return this.#events.on(type, listener as (event: ClientEvents[K]) => void);
  }

  /** How long the server takes to answer, in milliseconds: the middle of three tries. Rejects when it cannot be reached. */
  async measureRoundTrip(): Promise<number> {
    await this.#rest.get('/healthz'); // the connection is made with the first
    const times: number[] = [];
    while (times.length < 3) {
      const before = performance.now();
      await this.#rest.get('/healthz');
      times.push(performance.now() - before);
    }
    return times.sort((a, b) => a - b)[1] ?? 0;
  }

  /** Fetches the media code before it is needed, so that a call starts sooner. Never rejects. */
  async preloadMedia(): Promise<void> {
    if (this.#media === livekitFactory) await import('./media/livekit.ts').catch(() => {});
  }

  async #connect(userId: string, source: TokenOrProvider, ours: () => boolean): Promise<UserObject> {
    await Promise.resolve(); // so that whoever calls twice in one turn finds the first promise
    if (!ours()) throw tokenNotSet();
    this.#setConnection('connecting');
    this.#tokens.set(userId, source);
    await this.#tokens.load();
    if (!ours()) throw tokenNotSet();
    this.#log.info(`User id: ${userId}`);
    if (userId === ANONYMOUS_ID) return this.#connected({ id: ANONYMOUS_ID, name: '', role: 'user' });
    const socket = this.#makeSocket();
    this.#socket = socket;
    const me = await socket.connect().catch((error: unknown) => {
      throw ours() ? error : tokenNotSet();
    });
    if (!ours()) throw tokenNotSet();
    this.#stopNetwork = this.#context.network.onChange(() => socket.check(this.#context.network.online()));
    return this.#connected(me);
  }

  async #connectGuest(user: GuestUser, ours: () => boolean): Promise<UserObject> {
    this.#setConnection('connecting');
    const { id, token } = await makeGuest(this.#rest, user);
    if (!ours()) throw tokenNotSet();
    return this.#connect(id, token, ours);
  }

  #connected(me: UserObject): UserObject {
    this.#user.set(me);
    this.#setConnection('connected');
    if (me.id !== ANONYMOUS_ID) this.outbox.start(me.id);
    this.#log.info('Connected to Confab');
    for (const event of this.#early.splice(0)) this.#onEvent(event);
    return me;
  }

  #makeSocket(): EventSocket {
    return new EventSocket(
      {
        url: () => `${this.#baseURL().replace(/^http/, 'ws')}/api/v1/events`,
        factory: this.#config.options?.socket ?? browserSocket,
        tokens: this.#tokens,
        deviceId: this.deviceId,
        log: this.#log,
        backoff: this.#context.backoff,
      },
      {
        onEvent: (event) => this.#onEvent(event),
        onOnline: () => {
          this.#setConnection('connected');
          this.outbox.retryAll();
          for (const call of this.#calls.get()) call.handleOnline();
        },
        onOffline: () => this.#setConnection('reconnecting'),
        onGivenUp: (error) => {
          this.#log.warn('Signed out by the server:', error.message);
          void this.#signOut(true, error); // they may sign in again
        },
      },
    );
  }

  #onEvent(event: SocketEvent): void {
    if (!this.#user.get() && event.type !== 'connection.ok') {
      this.#early.push(event); // what rings is sent right behind connection.ok, before anybody knows who we are
      return;
    }
    if (event.type === 'message.new' && event.message.user.id === this.#user.get()?.id) this.outbox.arrived(event.message);
    if (event.type === 'server.warnings') this.#warnings.set(event.warnings);
    if (event.type === 'connection.ok') this.#warnings.set(event.warnings ?? []);
    if (event.type === 'channel.left') this.outbox.discardAll(event.conversation_id);
    if ('cid' in event) this.#onCallEvent(event);
    if (event.type === 'resync') for (const call of this.#calls.get()) void call.refresh();
    if (event.type === 'user.updated') {
      this.#user.update((me) => fresh(me, event.user));
      for (const call of this.#calls.get()) call.handleRename(event.user);
    }
    this.#events.emit(event.type, event as never);
  }

  #onCallEvent(event: CallEvent): void {
    let call = this.#calls.get().find(({ cid }) => cid === event.cid);
    if (!call && event.type === 'call.ring') {
      const colon = event.cid.indexOf(':');
      call = this.call(event.cid.slice(0, colon), event.cid.slice(colon + 1));
    }
    if (call && event.type === 'call.ring' && this.#turnsAway(event, call)) {
      call.handleBusy(event).catch((error: unknown) => this.#log.warn('Declining as busy failed:', String(error)));
    } else call?.handleEvent(event);
  }

  /** Whether it would ring here, and this client is in another call and does not want that. */
  #turnsAway(event: CallEvents['call.ring'], ringing: Call): boolean {
    if (!this.#config.options?.rejectCallWhenBusy || ringSide(event.ring, this.#user.get()?.id) !== 'incoming') return false;
    const free: readonly string[] = [CallingState.UNKNOWN, CallingState.IDLE, CallingState.LEFT, CallingState.RECONNECTING_FAILED];
    const isFree = (call: Call) => free.includes(call.state.callingState);
    return isFree(ringing) && this.#calls.get().some((call) => call !== ringing && !isFree(call));
  }

  #setConnection(state: ConnectionState, error?: ConfabError): void {
    if (this.#connection.get() === state) return;
    this.#connection.set(state);
    this.#events.emit('connection.changed', { type: 'connection.changed', state, ...(error && { error }) });
  }

  #teardown(error?: ConfabError): void {
    this.#connecting = undefined;
    this.#stopNetwork?.();
    this.#stopNetwork = undefined;
    this.#socket?.close();
    this.#socket = undefined;
    this.#early.length = 0;
    this.outbox.stop();
    this.#tokens.reset();
    this.#user.set(undefined);
    this.#calls.set([]);
    this.#warnings.set([]);
    for (const channel of this.#channels.values()) channel.end();
    this.#channels.clear();
    this.#setConnection('disconnected', error);
  }

  /** The constructor's token or provider, but never for another user than the constructor's. */
  #ownSource(key: string): TokenOrProvider | undefined {
    const { user, token, tokenProvider } = this.#config;
    if (user && userKey(user) !== key) return undefined;
    return tokenProvider ?? token;
  }

  #baseURL(): string {
    const url = this.#config.options?.baseURL ?? globalThis.location?.origin;
    if (!url) throw new ConfabError('Outside a browser options.baseURL is needed.', { code: ErrorCode.badInput });
    if (!/^https?:\/\/./.test(url))
      throw new ConfabError(`options.baseURL '${url}' is not an address: give scheme and host, for example https://chat.example.com.`, { code: ErrorCode.badInput });
    return url.replace(/\/+$/, '');
  }
}
