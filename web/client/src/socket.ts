// SPDX-License-Identifier: Apache-2.0
/**
 * The event socket: stays connected, resumes after its last cursor, and gets a new token when the old one expired.
 * The only file that knows WebSocket.
 */
import type { ErrorObject, MessageObject, UserObject } from './contract.ts';
import { ConfabError, ErrorCode, tokenNotSet } from './errors.ts';
import type { SocketEvent } from './events.ts';
import type { Logger } from './logger.ts';
import { NoReply, Requests } from './requests.ts';
import type { TokenManager } from './token.ts';

/** The part of WebSocket that is used, so that tests can bring their own. */
export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export type SocketFactory = (url: string) => SocketLike;

export const browserSocket: SocketFactory = (url) => new WebSocket(url) as SocketLike;

export interface SocketHandlers {
  onEvent(event: SocketEvent): void;
  /** The socket is up again after having been lost. */
  onOnline(): void;
  /** It was lost; trying again. */
  onOffline(): void;
  /** It will not come back by itself: signed out, or refused. */
  onGivenUp(error: ConfabError): void;
}

/** Waiting times between attempts: doubling from `base` to `max` milliseconds, each with up to 50 % taken off. */
export interface Backoff {
  base: number;
  max: number;
  random: () => number;
}

export const defaultBackoff: Backoff = { base: 500, max: 15_000, random: Math.random };

export function backoffDelay(attempt: number, { base, max, random }: Backoff): number {
  return Math.min(max, base * 2 ** Math.min(attempt, 16)) * (1 - random() / 2);
}

/** After this long without a word the server is asked whether it is there; with as long again without an answer the connection is dead. */
const QUIET_MS = 5000;
const HEALTH_CHECK = 'health.check';
/** Of a server that does not answer that: it says something every 15 s. */
const SILENCE_MS = 40_000;
/** Time for one attempt, from opening to connection.ok. */
const CONNECT_MS = 10_000;
/** The server takes 64 KiB; a character may be three bytes. */
const FRAME_MAX = 20_000;
/** Attempts of the first connect; a lost connection is retried for ever. */
const FIRST_ATTEMPTS = 3;

/** What the server asks for goes before; the same half is put on top, so that not all come at once. */
function waitFor(error: unknown, attempt: number, backoff: Backoff): number {
  const asked = error instanceof ConfabError ? (error.retryAfter ?? 0) * 1000 : 0;
  return Math.max(backoffDelay(attempt, backoff), asked * (1 + backoff.random() / 2));
}

export class EventSocket {
  #socket: SocketLike | undefined;
  #cursor: number | undefined;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #wake: (() => void) | undefined;
  /** When the network went away; 0: it is there, as far as is known. */
  #offlineAt = 0;
  /** The server said how long to wait. */
  #told = false;
  /** Of the connection that is up, with what its server takes. */
  #up: { socket: SocketLike; accepts: readonly string[]; requests: Requests } | undefined;
  /** When the socket that is open last said something; 0 while none is. */
  #heardAt = 0;
  /** The server was asked whether it is there, and has said nothing since. */
  #asking = false;

  constructor(
    private readonly options: {
      url: () => string;
      factory: SocketFactory;
      tokens: TokenManager;
      /** Which of the user's devices this is. */
      deviceId: string;
      log: Logger;
      backoff: Backoff;
    },
    private readonly handlers: SocketHandlers,
  ) {}

  /** Resolves with the user the server knows us as. Rejects when refused, or after a few attempts. */
  async connect(): Promise<UserObject> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#open();
      } catch (error) {
        // who is told to come later is told so: nobody waits that long for the first connection
        const final = !(error instanceof ConfabError) || error.unrecoverable || error.retryAfter !== undefined || attempt + 1 >= FIRST_ATTEMPTS;
        if (final || this.#closed) throw error;
        await this.#sleep(backoffDelay(attempt, this.options.backoff));
        if (this.#closed) throw error;
      }
    }
  }

  /**
   * Sends a frame that the server replies to with a message. Undefined: there is no connection, or its server does not take such
   * frames. Rejects as HTTP would; with NoReply when the connection ends first.
   */
  ask(type: string, fields: object): Promise<MessageObject> | undefined {
    const up = this.#up;
    if (!up?.accepts.includes(type)) return undefined;
    const fieldsText = JSON.stringify(fields);
    if (fieldsText.length > FRAME_MAX) return undefined; // too long ends the connection
    return up.requests.ask((request_id) => up.socket.send(JSON.stringify({ type, request_id, ...fields })));
  }

  /** For good. No handler is called any more. */
  close(): void {
    this.#closed = true;
    this.#down(tokenNotSet()); // not to be asked in another way, which might be somebody else's by then
    clearTimeout(this.#silence);
    this.retryNow();
    this.#drop(1000);
  }

  /** Does not wait out the time between two attempts, for instance because the network came back. */
  retryNow(): void {
    clearTimeout(this.#timer);
    this.#wake?.();
  }

  /** Somebody is in a hurry: does not wait longer than the server asked for. */
  reach(): void {
    if (!this.#told) this.retryNow();
  }

  /** Something happened to the network or the machine: looks at once whether the connection died meanwhile. */
  check(online: boolean): void {
    if (!online) {
      this.#offlineAt ||= Date.now();
      return;
    }
    const offlineAt = this.#offlineAt;
    this.#offlineAt = 0;
    this.retryNow();
    if (!this.#socket || this.#heardAt === 0) return;
    // timers may have slept with the machine; the clock did not
    const silent = Date.now() - this.#heardAt > SILENCE_MS;
    // a connection that outlived the time without a network says nothing for as long again: TCP's pauses have grown
    if (silent || this.#heardAt <= offlineAt) abandon(this.#socket);
    else this.#askHealth(this.#socket);
  }

  /** One attempt; a token that expired is replaced and the attempt repeated, once. */
  async #open(): Promise<UserObject> {
    const token = await this.options.tokens.get();
    try {
      return await this.#attempt(token);
    } catch (error) {
      if (!(error instanceof ConfabError) || error.code !== ErrorCode.tokenExpired) throw error;
      return this.#attempt(await this.options.tokens.refresh(token));
    }
  }

  #attempt(token: string): Promise<UserObject> {
    if (this.#closed) return Promise.reject(new ConfabError('The event socket was closed.'));
    return new Promise((resolve, reject) => {
      const url = this.options.url();
      const socket = this.#make(url);
      this.#socket = socket;
      let refused: ConfabError | undefined;
      let up = false;
      let started: number | undefined;
      const timer = setTimeout(() => abandon(socket), CONNECT_MS);
      socket.onopen = () => {
        const since = this.#cursor === undefined ? {} : { since: this.#cursor };
        socket.send(JSON.stringify({ type: 'connect', ...since, token, device_id: this.options.deviceId }));
      };
      socket.onmessage = ({ data }) => {
        const event = parse(data);
        if (!event || this.#socket !== socket) return;
        this.#heard(socket);
        if (event.type === 'connection.error') {
          refused = refusal(event.error, event.retry_after);
          return;
        }
        if (event.type === 'connection.ok') {
          up = true;
          clearTimeout(timer);
          started = event.cursor;
          this.#up = { socket, accepts: event.accepts ?? [], requests: new Requests() };
          this.#heard(socket); // as one of these from now on
          // a resumed socket gets its replay after this: only the first one starts at the server's cursor
          this.#cursor ??= started;
          resolve(event.me);
          this.handlers.onEvent(event);
          return;
        }
        if (event.type !== 'reply') this.#deliver(event, started);
        this.#up?.requests.hear(event);
      };
      socket.onerror = () => {}; // onclose follows and says as much
      socket.onclose = () => {
        clearTimeout(timer);
        clearTimeout(this.#silence);
        if (this.#socket !== socket) return reject(new ConfabError('The event socket was closed.'));
        this.#socket = undefined;
        this.#heardAt = 0;
        this.#down(new NoReply('The event socket was closed before a reply came.'));
        if (!up) {
          const why = `The event socket could not be opened. Is the server at ${url} up, and is it Confab (options.baseURL)?`;
          return reject(refused ?? new ConfabError(why));
        }
        if (!this.#closed) void this.#recover(refused);
      };
    });
  }

  /** A browser throws for what the page may not open, such as ws: from a page on https. */
  #make(url: string): SocketLike {
    try {
      return this.options.factory(url);
    } catch (cause) {
      throw new ConfabError(`The event socket ${url} may not be opened from here: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }

  /** `started`: the cursor where this connection's events begin. */
  #deliver(event: SocketEvent, started: number | undefined): void {
    if ('cursor' in event && event.cursor !== undefined) {
      if (this.#cursor !== undefined && event.cursor <= this.#cursor) return; // heard before
      this.#cursor = event.cursor;
    }
    // not undefined: what happens until the next connection would be missed without a word
    if (event.type === 'resync') this.#cursor = started;
    this.handlers.onEvent(event);
  }

  async #recover(reason: ConfabError | undefined): Promise<void> {
    this.handlers.onOffline();
    if (reason?.unrecoverable) return this.handlers.onGivenUp(reason);
    let last: unknown = reason;
    for (let attempt = 0; !this.#closed; attempt++) {
      this.#told = last instanceof ConfabError && last.retryAfter !== undefined;
      // at once the first time: most losses are a server restart or a network change
      if (attempt > 0 || reason?.retryAfter) await this.#sleep(waitFor(last, Math.max(0, attempt - 1), this.options.backoff));
      else await this.#sleep(this.options.backoff.random() * this.options.backoff.base);
      if (this.#closed) return;
      try {
        await this.#open();
        if (!this.#closed) this.handlers.onOnline();
        return;
      } catch (error) {
        last = error;
        this.options.log.debug('Event socket attempt', attempt + 1, 'failed', error);
        if (this.#closed) return;
        if (error instanceof ConfabError && error.unrecoverable) return this.handlers.onGivenUp(error);
      }
    }
  }

  #down(error: ConfabError): void {
    const up = this.#up;
    this.#up = undefined;
    up?.requests.end(error);
  }

  #heard(socket: SocketLike): void {
    this.#heardAt = Date.now();
    this.#asking = false;
    clearTimeout(this.#silence);
    const asks = this.#answersHealth(socket);
    this.#silence = setTimeout(() => (asks ? this.#askHealth(socket) : abandon(socket)), asks ? QUIET_MS : SILENCE_MS);
  }

  #answersHealth(socket: SocketLike): boolean {
    return this.#up?.socket === socket && this.#up.accepts.includes(HEALTH_CHECK);
  }

  /** Whatever it says is an answer. */
  #askHealth(socket: SocketLike): void {
    if (this.#asking || !this.#answersHealth(socket)) return;
    this.#asking = true;
    socket.send(JSON.stringify({ type: HEALTH_CHECK }));
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => abandon(socket), QUIET_MS);
  }

  #drop(code: number): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close(code);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#timer = setTimeout(resolve, ms);
    });
  }
}

/** A dead TCP connection may take minutes to close: does not wait for it. */
function abandon(socket: SocketLike): void {
  const { onclose } = socket;
  socket.onclose = null;
  socket.close();
  onclose?.({ code: 1006, reason: 'silence' });
}

function parse(data: unknown): SocketEvent | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const event: unknown = JSON.parse(data);
    const known = typeof event === 'object' && event !== null && 'type' in event && typeof event.type === 'string';
    return known ? (event as SocketEvent) : undefined;
  } catch {
    return undefined;
  }
}

function refusal(error: ErrorObject, retryAfter: number | undefined): ConfabError {
  return new ConfabError(error.message, {
    code: error.code,
    statusCode: error.status_code,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    unrecoverable: error.code !== ErrorCode.tokenExpired && error.status_code < 500 && error.status_code !== 429,
  });
}
