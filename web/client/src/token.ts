// SPDX-License-Identifier: Apache-2.0
/** Holds the user token of one connected user and asks the provider for a new one when the server wants that. */
import { ConfabError, ErrorCode, TOKEN_MISMATCH, tokenNotSet } from './errors.ts';

/**
 * Returns a fresh user token. Called at connect, and again whenever the server says the token expired. One that throws, or does not
 * answer within 60 s, is called again with the next attempt.
 */
export type TokenProvider = () => Promise<string> | string;
export type TokenOrProvider = string | TokenProvider;

/** A provider may ask the person something; one that says nothing for longer has lost its own server, and everything waits for it. */
const PROVIDER_MS = 60_000;

export class TokenManager {
  #source: TokenOrProvider | undefined;
  #userId = '';
  #token: string | undefined;
  #loading: Promise<string> | undefined;
  /** When a new token had better be there, in milliseconds of Date.now(). */
  #staleAt = Infinity;
  #round = 0;

  constructor(private readonly patienceMs = PROVIDER_MS) {}

  /** Another number after every sign-in and sign-out: what was begun for one person is not to go on for the next. */
  get round(): number {
    return this.#round;
  }

  /** Forgets what was there before. Nothing is fetched until `load`. */
  set(userId: string, source: TokenOrProvider): void {
    this.reset();
    this.#userId = userId;
    this.#source = source;
  }

  /** Forgets token, user and provider: the provider is never called for somebody else. */
  reset(): void {
    this.#round++;
    this.#source = undefined;
    this.#userId = '';
    this.#token = undefined;
    this.#loading = undefined;
  }

  /**
   * The token in use, or a new one when it is about to expire, so that nothing has to fail first. Rejects with the
   * well-known text when there is none.
   */
  async get(): Promise<string> {
    if (this.#loading) return this.#loading;
    const token = this.#token;
    if (token === undefined) throw tokenNotSet();
    if (typeof this.#source !== 'function' || Date.now() < this.#staleAt) return token;
    this.#staleAt = Infinity; // tried once; after that the server decides
    return this.load().catch(() => (this.#token === token ? token : Promise.reject(tokenNotSet())));
  }

  /** Asks the source; several callers at once share one request. */
  load(): Promise<string> {
    if (this.#loading) return this.#loading;
    const loading: Promise<string> = this.#fetch().finally(() => {
      if (this.#loading === loading) this.#loading = undefined; // else it is the next user's by now
    });
    this.#loading = loading;
    return loading;
  }

  /**
   * A token other than `expired`. When somebody else already got one, that one is returned. With a static token an
   * expiry is final: rejects with code 40.
   */
  async refresh(expired: string): Promise<string> {
    if (this.#loading) return this.#loading;
    if (this.#token !== undefined && this.#token !== expired) return this.#token;
    if (typeof this.#source === 'string') {
      throw new ConfabError('The user token expired, and there is no tokenProvider to get a new one.', {
        code: ErrorCode.tokenExpired,
        statusCode: 401,
        unrecoverable: true,
      });
    }
    return this.load();
  }

  async #fetch(): Promise<string> {
    const source = this.#source;
    if (source === undefined) throw tokenNotSet();
    const token = typeof source === 'string' ? source : await callProvider(source, this.patienceMs);
    // disconnectUser may have come in between: the answer then belongs to nobody
    if (this.#source !== source) throw tokenNotSet();
    if (readUserId(token) !== this.#userId) {
      throw new ConfabError(TOKEN_MISMATCH, { code: ErrorCode.authFailed, statusCode: 401, unrecoverable: true });
    }
    this.#token = token;
    this.#staleAt = Date.now() + freshFor(token);
    return token;
  }
}

async function callProvider(provider: TokenProvider, patienceMs: number): Promise<string> {
  let token: unknown;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs / 1000} s`)), patienceMs);
  });
  try {
    token = await Promise.race([provider(), late]);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new ConfabError(`The tokenProvider failed: ${detail}`, { code: ErrorCode.authFailed, cause });
  } finally {
    clearTimeout(timer);
  }
  if (typeof token !== 'string' || token === '') {
    const got = token === null ? 'null' : token === '' ? 'an empty string' : typeof token;
    const message = `The tokenProvider must return the token as a string, but returned ${got}.`;
    throw new ConfabError(message, { code: ErrorCode.authFailed, cause: new TypeError(message) });
  }
  return token;
}

/** The claim `user_id` of a JWT, without checking its signature (that is the server's work); undefined if absent. */
export function readUserId(token: string): string | undefined {
  const id = claimsOf(token)['user_id'];
  return typeof id === 'string' ? id : undefined;
}

/**
 * How long a token that was made just now is good, in milliseconds, less a tenth. Reckoned from its own two times, because
 * this machine's clock may be wrong; for ever when it does not say.
 */
function freshFor(token: string): number {
  const { iat, exp } = claimsOf(token);
  return typeof iat === 'number' && typeof exp === 'number' && exp > iat ? (exp - iat) * 900 : Infinity;
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    const payload = token.split('.')[1] ?? '';
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
