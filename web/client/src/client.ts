// SPDX-License-Identifier: Apache-2.0
/**
 * The client of one signed-in person: create it, connect the user, join calls, in this order. Creating it never
 * connects; every operation before `connectUser` or after `disconnectUser` rejects with TOKEN_NOT_SET.
 */
import { Call, checkCallId, type CallContext } from './call.ts';
import { ChatApi } from './chat/api.ts';
import type { ServerEvent, ServerEvents, UserObject } from './contract.ts';
import { Emitter } from './emitter.ts';
import { ConfabError, ErrorCode, tokenNotSet } from './errors.ts';
import { consoleLogger, type Logger } from './logger.ts';
import { livekitFactory, type MediaFactory } from './media/session.ts';
import { browserNetwork, type Network } from './network.ts';
import { Rest, type Fetch } from './rest.ts';
import { EventSocket, browserSocket, defaultBackoff, type Backoff, type SocketFactory } from './socket.ts';
import { Store, type Observable } from './store.ts';
import { TokenManager, type TokenOrProvider, type TokenProvider } from './token.ts';
import { sanitizeUserId } from './userid.ts';

/** Who connects. The id is sanitised: lower case, only a-z 0-9 @ _ -. */
export interface User {
  id: string;
  name?: string | null | undefined;
  image?: string | null | undefined;
}

export type ConnectionState = 'disconnected' | 'connecting' | 'connected' | 'reconnecting';

export interface ClientOptions {
  /** Where the server is, for example https://chat.example.com. Default: the origin of the page. */
  baseURL?: string;
  /** Default: the console, from level info up. */
  logger?: Logger;
  /** Replaceable for tests and for places without a browser. */
  fetch?: Fetch;
  socket?: SocketFactory;
  media?: MediaFactory;
  network?: Network;
  backoff?: Backoff;
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

/** Events of the server, and `connection.changed` from the client itself. */
export interface ClientEvents extends ServerEvents {
  'connection.changed': { type: 'connection.changed'; state: ConnectionState; error?: ConfabError };
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
    const key = `${config.apiKey} ${sanitizeUserId(config.user.id)}`;
    let client = VideoClient.#instances.get(key);
    if (!client) VideoClient.#instances.set(key, (client = new VideoClient(config)));
    return client;
  }

  readonly state: ClientState;
  /** Conversations and messages. */
  readonly chat: ChatApi;

  readonly #config: ClientConfig;
  readonly #log: Logger;
  readonly #connection = new Store<ConnectionState>('disconnected');
  readonly #user = new Store<UserObject | undefined>(undefined);
  readonly #calls = new Store<readonly Call[]>([]);
  readonly #tokens = new TokenManager();
  readonly #events: Emitter<ClientEvents>;
  readonly #context: CallContext;
  readonly #media: MediaFactory;
  /** Of the user that is connected or connecting. */
  #connecting: { userId: string; promise: Promise<UserObject> } | undefined;
  #socket: EventSocket | undefined;
  #stopNetwork: (() => void) | undefined;

  constructor(config: ClientConfig) {
    const options = config.options ?? {};
    this.#config = config;
    this.#log = options.logger ?? consoleLogger;
    this.#events = new Emitter<ClientEvents>(this.#log);
    this.#media = options.media ?? livekitFactory;
    this.state = new ClientState({ connection: this.#connection, user: this.#user, calls: this.#calls });
    const rest = new Rest({
      baseURL: () => this.#baseURL(),
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      tokens: this.#tokens,
    });
    const ready = async (): Promise<void> => {
      if (!this.#connecting) throw tokenNotSet();
      await this.#connecting.promise;
    };
    this.chat = new ChatApi({ ready, rest });
    this.#context = {
      ready,
      rest,
      events: this.#events as unknown as Emitter<ServerEvents>, // it carries those and one more
      media: this.#media,
      network: options.network ?? browserNetwork,
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
    let userId: string;
    let source: TokenOrProvider | undefined;
    try {
      if (!user) throw new ConfabError('connectUser needs a user: {id, name, image}.', { code: ErrorCode.badInput });
      userId = sanitizeUserId(user.id);
      source = tokenOrProvider ?? this.#ownSource(userId);
    } catch (error) {
      return Promise.reject(error as ConfabError);
    }
    if (this.#connecting) {
      if (this.#connecting.userId === userId) return this.#connecting.promise;
      const message = `${this.#connecting.userId} is connected. Call disconnectUser before connecting ${userId}.`;
      return Promise.reject(new ConfabError(message, { code: ErrorCode.badInput, unrecoverable: true }));
    }
    if (source === undefined) {
      const message = 'connectUser needs a token or a tokenProvider.';
      return Promise.reject(new ConfabError(message, { code: ErrorCode.authFailed, unrecoverable: true }));
    }
    this.#log.info(`User id: ${userId}`);
    const current = { userId, promise: Promise.resolve() as unknown as Promise<UserObject> };
    this.#connecting = current;
    current.promise = this.#connect(userId, source, () => this.#connecting === current);
    current.promise.catch(() => {
      if (this.#connecting === current) this.#teardown();
    });
    return current.promise;
  }

  /** Leaves every call, closes the socket, forgets user, token and provider. Resolves also when nobody is connected. */
  async disconnectUser(): Promise<void> {
    const calls = this.#calls.get();
    this.#teardown();
    await Promise.all(calls.map((call) => call.leave()));
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

  /** Events of the server about anything this user may see. Returns the way to stop listening. */
  on<K extends keyof ClientEvents>(type: K, listener: (event: ClientEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
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
    const socket = this.#makeSocket();
    this.#socket = socket;
    const me = await socket.connect().catch((error: unknown) => {
      throw ours() ? error : tokenNotSet();
    });
    if (!ours()) throw tokenNotSet();
    this.#user.set(me);
    this.#setConnection('connected');
    this.#stopNetwork = this.#context.network.onChange(() => socket.retryNow());
    this.#log.info('Connected to Confab');
    return me;
  }

  #makeSocket(): EventSocket {
    return new EventSocket(
      {
        url: () => `${this.#baseURL().replace(/^http/, 'ws')}/api/v1/events`,
        factory: this.#config.options?.socket ?? browserSocket,
        tokens: this.#tokens,
        log: this.#log,
        backoff: this.#context.backoff,
      },
      {
        onEvent: (event) => this.#onEvent(event),
        onOnline: () => this.#setConnection('connected'),
        onOffline: () => this.#setConnection('reconnecting'),
        onGivenUp: (error) => {
          this.#log.warn('Signed out by the server:', error.message);
          void this.disconnectUser();
          this.#events.emit('connection.changed', { type: 'connection.changed', state: 'disconnected', error });
        },
      },
    );
  }

  #onEvent(event: ServerEvent): void {
    if ('cid' in event) this.#calls.get().find((call) => call.cid === event.cid)?.handleEvent(event);
    this.#events.emit(event.type, event as never);
  }

  #setConnection(state: ConnectionState): void {
    if (this.#connection.get() === state) return;
    this.#connection.set(state);
    this.#events.emit('connection.changed', { type: 'connection.changed', state });
  }

  #teardown(): void {
    this.#connecting = undefined;
    this.#stopNetwork?.();
    this.#stopNetwork = undefined;
    this.#socket?.close();
    this.#socket = undefined;
    this.#tokens.reset();
    this.#user.set(undefined);
    this.#calls.set([]);
    this.#setConnection('disconnected');
  }

  /** The constructor's token or provider, but never for another user than the constructor's. */
  #ownSource(userId: string): TokenOrProvider | undefined {
    const { user, token, tokenProvider } = this.#config;
    if (user && sanitizeUserId(user.id) !== userId) return undefined;
    return tokenProvider ?? token;
  }

  #baseURL(): string {
    const url = this.#config.options?.baseURL ?? globalThis.location?.origin;
    if (!url) throw new ConfabError('Outside a browser options.baseURL is needed.', { code: ErrorCode.badInput });
    return url.replace(/\/+$/, '');
  }
}
