// SPDX-License-Identifier: Apache-2.0
import { ErrorCode, refusedWord, type ConfabError } from '@confab/client';
import type { Messages } from '../messages/en.ts';

/** Why a message did not go, when there is more to say than that it did not. */
export function refusalText(error: ConfabError | undefined, { moderation: t }: Pick<Messages, 'moderation'>): string | undefined {
  if (!error || error.statusCode === 0 || error.statusCode >= 500) return undefined;
  const word = refusedWord(error);
  if (word !== undefined) return t.wordRefused(word);
  if (error.code === ErrorCode.slowMode) return t.slowMode(error.retryAfter ?? 1);
  if (error.code === ErrorCode.rateLimited) return t.tooFast(error.retryAfter ?? 1);
  return error.code === ErrorCode.notAllowed ? t.noMessages : undefined;
}
