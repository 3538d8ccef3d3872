// SPDX-License-Identifier: Apache-2.0
/** Every error the SDK raises: one class, with the fields that applications decide on. */

/** The text of every call operation before `connectUser` and after `disconnectUser`. */
export const TOKEN_NOT_SET =
  "User token is not set. Either client.connectUser wasn't called or client.disconnect was called";

export const TOKEN_MISMATCH = 'userToken does not have a user_id or is not matching with user.id';

/** Codes of docs/api.md that the SDK itself acts on. */
export const ErrorCode = {
  internal: -1,
  badInput: 4,
  authFailed: 5,
  rateLimited: 9,
  notFound: 16,
  notAllowed: 17,
  tokenExpired: 40,
  slowMode: 60,
  serverFull: 61,
  wordRefused: 73,
} as const;

export interface ErrorFields {
  /** A code of the API, or -1 when the error was made on this side. */
  code?: number;
  /** HTTP status, or 0 when there was no answer. */
  statusCode?: number;
  /** True when trying again cannot help. */
  unrecoverable?: boolean;
  retryAfter?: number;
  cause?: unknown;
}

export class ConfabError extends Error {
  override readonly name: string = 'ConfabError';
  readonly code: number;
  readonly statusCode: number;
  readonly unrecoverable: boolean;
  /** Seconds after which the server wants to be asked again, when it said so. */
  readonly retryAfter: number | undefined;

  constructor(message: string, fields: ErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code ?? ErrorCode.internal;
    this.statusCode = fields.statusCode ?? 0;
    this.unrecoverable = fields.unrecoverable ?? false;
    this.retryAfter = fields.retryAfter;
  }
}

/** What to do about it; browsers and Node print it below the error. */
export const TOKEN_NOT_SET_HINT =
  'Await client.connectUser(user, tokenProvider) before calls and channels are asked for anything, and ask for nothing after client.disconnectUser(). ' +
  'client.call(type, id) itself may come earlier.';

export function tokenNotSet(): ConfabError {
  const cause = new Error(TOKEN_NOT_SET_HINT);
  cause.name = 'Hint';
  return new ConfabError(TOKEN_NOT_SET, { code: ErrorCode.authFailed, statusCode: 401, unrecoverable: true, cause });
}

/** Whatever was thrown, as a ConfabError; one that is already ours is returned as it is. */
export function toConfabError(error: unknown, context: string): ConfabError {
  if (error instanceof ConfabError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ConfabError(`${context}: ${detail}`, { cause: error });
}

export type DeviceKind = 'camera' | 'microphone' | 'screenShare';

/**
 * denied: the person or the system said no; missing: there is none; busy: something else uses it;
 * insecure: browsers give devices only to pages on HTTPS or localhost; lost: it was on and went away.
 */
export type DeviceErrorReason = 'denied' | 'missing' | 'busy' | 'insecure' | 'lost' | 'unknown';

/** A camera, microphone or screen that could not be opened. The call goes on without it. */
export class DeviceError extends ConfabError {
  override readonly name: string = 'DeviceError';
  constructor(
    readonly kind: DeviceKind,
    readonly reason: DeviceErrorReason,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause, unrecoverable: false });
  }
}
