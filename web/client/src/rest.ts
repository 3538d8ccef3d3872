// SPDX-License-Identifier: Apache-2.0
/** HTTP. The only file that knows fetch. */
import type { ErrorObject } from './contract.ts';
import { ConfabError, ErrorCode, tokenNotSet } from './errors.ts';
import type { TokenManager } from './token.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

type Read<T> = (response: Response) => Promise<T>;

const TIMEOUT_MS = 20_000;
/** A longer wait than this is the application's to decide. */
const RETRY_AFTER_MAX_S = 15;
const RETRY_TIMES = 4;
/** A file over a slow line, either way. */
const UPLOAD_TIMEOUT_MS = 300_000;

export class Rest {
  constructor(
    private readonly options: { baseURL: () => string; fetch: Fetch; tokens: TokenManager },
  ) {}

  get<T>(path: string): Promise<T> {
    return this.#request<T>('GET', path);
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.#request<T>('POST', path, body);
  }

  patch<T>(path: string, body: object): Promise<T> {
    return this.#request<T>('PATCH', path, body);
  }

  put<T>(path: string, body: object): Promise<T> {
    return this.#request<T>('PUT', path, body);
  }

  /** With an empty body: what changes something must say that it is JSON. */
  delete<T>(path: string): Promise<T> {
    return this.#request<T>('DELETE', path, {});
  }

  /** Bytes as they are. */
  upload<T>(path: string, bytes: Blob): Promise<T> {
    return this.#request<T>('POST', path, bytes);
  }

  /** The answer as it is, to be saved. */
  download(path: string): Promise<Blob> {
    return this.#request<Blob>('GET', path, undefined, (response) => response.blob());
  }

  /** The whole address of a path on the server. */
  url(path: string): string {
    return this.options.baseURL() + path;
  }

  /** For what has to work before anybody has a token. */
  postWithoutToken<T>(path: string, body: object): Promise<T> {
    return this.#send<T>('POST', path, undefined, body);
  }

  /** Who is too fast waits as long as the server says, a few times. */
  async #request<T>(method: string, path: string, body?: object, read?: Read<T>): Promise<T> {
    const { round } = this.options.tokens;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once<T>(round, method, path, body, read);
      } catch (error) {
        const seconds = error instanceof ConfabError && isTooFast(error) ? error.retryAfter : undefined;
        if (seconds === undefined || seconds > RETRY_AFTER_MAX_S || tries === RETRY_TIMES) throw error;
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
        this.#sameUser(round);
      }
    }
  }

  /** Sends once, and once more with a new token when the server says the token expired. */
  async #once<T>(round: number, method: string, path: string, body?: object, read?: Read<T>): Promise<T> {
    const token = await this.options.tokens.get();
    try {
      return await this.#send<T>(method, path, token, body, read);
    } catch (error) {
      if (!(error instanceof ConfabError) || error.code !== ErrorCode.tokenExpired) throw error;
      this.#sameUser(round);
      return this.#send<T>(method, path, await this.options.tokens.refresh(token), body, read);
    }
  }

  /** Somebody else may have signed in meanwhile: nothing is asked again with their token. */
  #sameUser(round: number): void {
    if (this.options.tokens.round !== round) throw tokenNotSet();
  }

  async #send<T>(method: string, path: string, token: string | undefined, body?: object, read?: Read<T>): Promise<T> {
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const init: RequestInit = { method, headers, cache: 'no-store' };
    if (body instanceof Blob) {
      headers['Content-Type'] = 'application/octet-stream';
      init.body = body;
    } else if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
      init.body = JSON.stringify(body);
    }
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), body instanceof Blob || read ? UPLOAD_TIMEOUT_MS : TIMEOUT_MS);
    try {
      const response = await this.options.fetch(this.options.baseURL() + path, { ...init, signal: abort.signal });
      if (response.ok && read) return await read(response);
      const answer: unknown = await response.json().catch(ifNotJson);
      if (!response.ok) throw fromAnswer(response.status, answer, Number(response.headers?.get('retry-after')) || undefined);
      if (answer === undefined) throw new ConfabError("The server's answer is not JSON.", { statusCode: response.status });
      return answer as T;
    } catch (cause) {
      if (cause instanceof ConfabError) throw cause;
      const what = abort.signal.aborted ? 'did not answer in time' : 'could not be reached';
      throw new ConfabError(`The server ${what}.`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Only nonsense counts as an answer; one that broke off says nothing of what became of the request. */
function ifNotJson(error: unknown): undefined {
  if (!(error instanceof SyntaxError)) throw error;
}

/** 503: too many files at once. Slow mode is no accident: the person is told, and nothing waits behind their back. */
const isTooFast = ({ statusCode, code }: ConfabError): boolean => (statusCode === 429 && code !== ErrorCode.slowMode) || (statusCode === 503 && code === ErrorCode.rateLimited);

/** What the server refused, as its error says. */
export function fromAnswer(status: number, answer: unknown, retryAfter: number | undefined): ConfabError {
  const error = (typeof answer === 'object' && answer !== null ? answer : {}) as Partial<ErrorObject>;
  return new ConfabError(typeof error.message === 'string' ? error.message : `The server answered ${status}.`, {
    code: typeof error.code === 'number' ? error.code : ErrorCode.internal,
    statusCode: status,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    unrecoverable: status >= 400 && status < 500 && status !== 429 && error.code !== ErrorCode.tokenExpired,
  });
}
