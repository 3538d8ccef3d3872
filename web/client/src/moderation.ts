// SPDX-License-Identifier: Apache-2.0
/**
 * Who may not come in, decided by the team (bans), whom one does not want to hear from, decided by each person for
 * themselves (blocks), and messages that the team is asked to look at (reports).
 */
import type { BanObject, BansResponse, BlockObject, BlocksResponse, ReportsResponse, WordsObject } from './contract.ts';
import { ReportsApi } from './reports.ts';

export interface BanOptions {
  /** The person reads it: one line, at most 500 bytes. */
  reason?: string | undefined;
  /** Without it the ban is for good. */
  seconds?: number | undefined;
}

export type DeleteMode = 'soft' | 'pruning' | 'hard';

export class ModerationApi extends ReportsApi {
  /** Bans that hold now; for the team, like everything about bans: rejects with code 17 for others. */
  async bans(): Promise<BanObject[]> {
    return (await this.ask((rest) => rest.get<BansResponse>('/api/v1/bans'))).bans;
  }

  /** In force at once: their sockets close and their calls end. Takes the place of an older ban. */
  async ban(userId: string, { reason, seconds }: BanOptions = {}): Promise<void> {
    const body = { ...(reason ? { reason } : {}), ...(seconds === undefined ? {} : { seconds }) };
    await this.ask((rest) => rest.put(banPath(userId), body));
  }

  /** Rejects with code 16 when there is none. */
  async unban(userId: string): Promise<void> {
    await this.ask((rest) => rest.delete(banPath(userId)));
  }

  /**
   * Deletes a customer or a guest; for the team. `soft` closes the account and keeps what was said, `pruning` takes their name and
   * what is known of them, too, `hard` also all they said. Their id stays banned; after `unban` they may begin anew.
   */
  async deleteUser(userId: string, mode: DeleteMode = 'soft'): Promise<void> {
    await this.ask((rest) => rest.delete(`/api/v1/users/${encodeURIComponent(userId)}?mode=${mode}`));
  }

  /** Whom this user has blocked, the latest first. */
  async blocks(): Promise<BlockObject[]> {
    return (await this.ask((rest) => rest.get<BlocksResponse>('/api/v1/blocks'))).blocks;
  }

  /** Their direct messages and rings no longer come here, and this user does not write to them. They are not told. */
  async block(userId: string): Promise<void> {
    await this.ask((rest) => rest.put(blockPath(userId), {}));
  }

  /** Rejects with code 16 when there is no such block. */
  async unblock(userId: string): Promise<void> {
    await this.ask((rest) => rest.delete(blockPath(userId)));
  }

  /** Messages with open reports, reported last first, at most 100; for the team. `reports.updated` says that there are others. */
  reports(): Promise<ReportsResponse> {
    return this.ask((rest) => rest.get('/api/v1/reports'));
  }

  /** How many messages have open reports; for the team. */
  async openReports(): Promise<number> {
    return (await this.ask((rest) => rest.get<ReportsResponse>('/api/v1/reports?count=only'))).open;
  }

  /** Closes all reports of a message, and with `deleteMessage` takes that away, wherever it is; for the team. Rejects with code 16 when none is open. */
  async closeReports(messageId: number, { deleteMessage = false }: { deleteMessage?: boolean } = {}): Promise<void> {
    await this.ask((rest) => rest.post(`/api/v1/reports/${messageId}/close`, deleteMessage ? { delete_message: true } : {}));
  }

  /** Words that are refused, or reported by themselves, when anybody but the team writes them; for the team. */
  words(): Promise<WordsObject> {
    return this.ask((rest) => rest.get('/api/v1/words'));
  }

  /** Both lists as they are then: at most 500 words of 64 bytes together. Rejects with the reason when one of them is no word. */
  setWords(words: WordsObject): Promise<WordsObject> {
    return this.ask((rest) => rest.put('/api/v1/words', words));
  }
}

const banPath = (userId: string): string => `/api/v1/bans/${encodeURIComponent(userId)}`;
const blockPath = (userId: string): string => `/api/v1/blocks/${encodeURIComponent(userId)}`;
