// SPDX-License-Identifier: Apache-2.0
/** Why something was refused, for customers. What the server says itself is English, and for those who run it or write programs. */
import { ConfabError } from '@confab/client';
import type { Messages } from '../messages/index.ts';

/** Of a file or a voice note. */
export function refusedText(error: unknown, t: Messages, otherwise: string): string {
  if (!(error instanceof ConfabError)) return otherwise;
  const { statusCode: status, retryAfter } = error;
  if (status === 429) return t.tooFast(retryAfter ?? 1);
  return status === 413 || status === 507 ? t.noRoom : otherwise;
}
