// SPDX-License-Identifier: Apache-2.0
import { ConfabError, ErrorCode } from '@confab/client';
import type { Messages } from './messages/en.ts';

/** Of the English catalogue the locale is the browser's own. */
export const isEnglish = ({ locale }: Messages): boolean => !locale || locale.startsWith('en');

/**
 * Why something did not work, for people, in their language. The server says it in English, and more exactly than a text for
 * its code can: who reads English reads that.
 */
export function errorText(error: unknown, messages: Messages, otherwise = messages.actionFailed): string {
  if (!(error instanceof ConfabError)) return otherwise;
  const { code, statusCode: status, message, retryAfter } = error;
  const { refused: t } = messages;
  if (status === 0) return t.offline;
  if (code === ErrorCode.serverFull) return messages.serverFull;
  if (status === 429) return messages.moderation.tooFast(retryAfter ?? 1);
  if (isEnglish(messages) && message !== '') return message;
  if (status === 503) return t.full;
  if (status >= 500) return t.broken;
  if (status === 401 || status === 403) return t.notAllowed;
  if (status === 404 || status === 410) return t.gone;
  if (status === 409) return t.taken;
  if (status === 413) return t.tooLarge;
  if (status === 415) return t.kind;
  return status === 400 ? t.input : otherwise;
}
