// SPDX-License-Identifier: Apache-2.0
/** What a team does with its conversations beside writing in them. Rejects with code 17 for who is not of the team. */
import type { SupportObject, SupportStatus, TeamResponse, UserObject } from '../contract.ts';
import type { Rest } from '../rest.ts';

/** What is absent stays as it is. */
export interface SupportChange {
  status?: SupportStatus;
  /** Somebody of the team; null: nobody. */
  assignee?: string | null;
  /** All labels that are on it then. */
  labels?: readonly number[];
}

export class SupportApi {
  constructor(private readonly context: { ready(): Promise<void>; rest: Rest }) {}

  /** Changes status, assignee, labels; resolves with what holds then. */
  async change(conversationId: string, change: SupportChange): Promise<SupportObject> {
    const body = {
      ...(change.status === undefined ? {} : { status: change.status }),
      ...(change.assignee === undefined ? {} : { assignee_id: change.assignee }),
      ...(change.labels === undefined ? {} : { labels: change.labels }),
    };
    await this.context.ready();
    const path = `/api/v1/conversations/${encodeURIComponent(conversationId)}`;
    return (await this.context.rest.patch<{ support: SupportObject }>(path, body)).support;
  }

  /** Everybody of the team, by name. */
  async team(): Promise<UserObject[]> {
    await this.context.ready();
    return (await this.context.rest.get<TeamResponse>('/api/v1/team')).team;
  }
}
