// SPDX-License-Identifier: Apache-2.0
/** The rule for user ids, the same as the server's: trim, lower case, only a-z 0-9 @ _ -, 1 to 64 characters. */
import { ConfabError, ErrorCode } from './errors.ts';

const MAX_LENGTH = 64;

/**
 * Returns the id as the server would store it.
 * Throws ConfabError (code 4) when it is not a string, nothing is left of it, or it is too long.
 */
export function sanitizeUserId(id: unknown): string {
  if (typeof id !== 'string') throw invalid(`A user id must be a string, not ${id === null ? 'null' : typeof id}.`);
  // ASCII letters only, as on the server: other scripts' capitals must not become Latin letters
  const clean = id
    .trim()
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    .replace(/[^a-z0-9@_-]/g, '');
  if (clean === '') throw invalid('The user id has none of the characters a-z 0-9 @ _ - in it.');
  if (clean.length > MAX_LENGTH) throw invalid(`The user id is longer than ${MAX_LENGTH} characters.`);
  return clean;
}

/** Unique among a person's devices and messages; no secret. Node 18 has no global crypto, and insecure pages not all of it. */
export function randomId(): string {
  const random = () => Math.random().toString(36).slice(2, 12);
  return `${Date.now().toString(36)}-${random()}${random()}`;
}

function invalid(message: string): ConfabError {
  return new ConfabError(message, { code: ErrorCode.badInput, statusCode: 400, unrecoverable: true });
}
