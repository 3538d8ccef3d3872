// SPDX-License-Identifier: Apache-2.0
/** Moderation as everybody meets it: reporting a message, and being refused. All of it that the widget has (build.mjs). */
import { ErrorCode, type ConfabError } from './errors.ts';
import type { Rest } from './rest.ts';

export class ReportsApi {
  constructor(private readonly context: { ready(): Promise<void>; rest: Rest }) {}

  /**
   * Asks the team to look at somebody else's message; it then sees the words, also of a direct or group conversation. Resolves with
   * false when this user has reported it before. `reason`: at most 500 bytes.
   */
  async report(conversationId: string, messageId: number, reason?: string): Promise<boolean> {
    const path = `/api/v1/conversations/${encodeURIComponent(conversationId)}/messages/${messageId}/report`;
    return (await this.ask((rest) => rest.post<{ created: boolean }>(path, reason ? { reason } : {}))).created;
  }

  protected async ask<T>(ask: (rest: Rest) => Promise<T>): Promise<T> {
    await this.context.ready();
    return ask(this.context.rest);
  }
}

/** What a banned person is told. */
export interface BanNotice {
  /** Undefined: for good. */
  until: Date | undefined;
  /** May be empty. */
  reason: string;
}

/** The text is part of the contract (docs/api.md): pages say it in their own language. */
const BANNED = /^This account is banned(?: until (\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC)?(?:: (.*)|\.)?$/;

/** When the server refused because the account is banned: until when, and why. Undefined: because of something else. */
export function banNotice(error: unknown): BanNotice | undefined {
  const { message, code } = (error ?? {}) as Partial<ConfabError>;
  const found = typeof message === 'string' && (code === undefined || code === ErrorCode.notAllowed) ? BANNED.exec(message) : null;
  if (!found) return undefined;
  const [, day, time, reason] = found;
  return { until: day === undefined ? undefined : new Date(`${day}T${time}:00Z`), reason: reason ?? '' };
}

const REFUSED = /^The word '(.*)' is on the team's list/;

/** When a message was refused because of the team's list: the word. Undefined: because of something else. */
export function refusedWord(error: unknown): string | undefined {
  const { message, code } = (error ?? {}) as Partial<ConfabError>;
  return typeof message === 'string' && code === ErrorCode.wordRefused ? REFUSED.exec(message)?.[1] : undefined;
}
