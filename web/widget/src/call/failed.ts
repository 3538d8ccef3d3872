// SPDX-License-Identifier: Apache-2.0
import { ConfabError, ErrorCode } from '@confab/client';
import type { CallTexts } from './texts.ts';

/** What helps when a call does not come about, below that it does not. What the error says itself is English, and for who writes programs. */
export function failedHint(error: unknown, t: CallTexts['t']): string | undefined {
  if (!(error instanceof ConfabError)) return undefined;
  const { code, statusCode: status, retryAfter } = error;
  if (code === ErrorCode.serverFull) return t.serverFull;
  if (status === 0) return t.checkConnection;
  return status === 429 ? t.tooFast(retryAfter ?? 1) : undefined;
}
