// SPDX-License-Identifier: Apache-2.0
/**
 * What a team does with its conversations beside writing in them; rejects with code 17 for who is not of the team. What
 * a customer does for it is in customer.ts.
 */
import type {
  AuditResponse, BulkResponse, BulkResultObject, CannedRepliesResponse, CannedReplyObject, CustomerObject, FiguresResponse, HoursObject, LabelObject, LabelsResponse,
  SupportObject, SupportPriority, SupportStatus, TeamResponse, UserObject,
} from '../contract.ts';
import type { Rest } from '../rest.ts';
import { CustomerApi, pathOf } from './customer.ts';

/** What is absent stays as it is. */
export interface SupportChange {
  status?: SupportStatus;
  /** With `snoozed`: when it is open again, at most 366 days away. Before that, when the customer writes. */
  until?: Date;
  priority?: SupportPriority;
  /** Somebody of the team; null: nobody. */
  assignee?: string | null;
  /** All labels that are on it then. */
  labels?: readonly number[];
  /** In the place of `labels`: the others stay. */
  addLabels?: readonly number[];
  removeLabels?: readonly number[];
}

/** Of several at once: which one, and what is to become of it. */
export interface BulkChange extends SupportChange {
  id: string;
}

export interface AuditQuery {
  /** Older than the row with this id. */
  before?: number;
  limit?: number;
  /** By this person. */
  actor?: string;
  /** `label` is also `label.put`. */
  action?: string;
}

export class SupportApi extends CustomerApi {
  /** Changes status, priority, assignee, labels; resolves with what holds then. */
  async change(conversationId: string, change: SupportChange): Promise<SupportObject> {
    return (await this.ask((rest) => rest.patch<{ support: SupportObject }>(pathOf(conversationId), bodyOf(change)))).support;
  }

  /** The same of 1 to 100 at once; resolves with what became of each, in the order of the changes: `support`, or the `error` it was refused with. */
  async changeMany(changes: readonly BulkChange[]): Promise<BulkResultObject[]> {
    const body = { changes: changes.map(({ id, ...change }) => ({ id, ...bodyOf(change) })) };
    return (await this.ask((rest) => rest.patch<BulkResponse>('/api/v1/conversations', body))).results;
  }

  /** Everybody of the team, by name. */
  async team(): Promise<UserObject[]> {
    return (await this.ask((rest) => rest.get<TeamResponse>('/api/v1/team'))).team;
  }

  /** Tells colleagues that this person has the conversation before their eyes, or no longer. Say it again every 20 s. */
  async viewing(conversationId: string, viewing: boolean): Promise<void> {
    await this.ask((rest) => rest.post(`${pathOf(conversationId)}/viewing`, { viewing }));
  }

  /** Labels by name. Each change resolves with all of them, too. */
  async labels(): Promise<LabelObject[]> {
    return (await this.ask((rest) => rest.get<LabelsResponse>(LABELS))).labels;
  }

  /** Without an id a new one. `color` is like #0f766e. Rejects with 409 when the name is taken. */
  async saveLabel({ id, name, color }: { id?: number | undefined; name: string; color: string }): Promise<LabelObject[]> {
    const save = (rest: Rest) => (id === undefined ? rest.post<LabelsResponse>(LABELS, { name, color }) : rest.patch<LabelsResponse>(`${LABELS}/${id}`, { name, color }));
    return (await this.ask(save)).labels;
  }

  async deleteLabel(id: number): Promise<LabelObject[]> {
    return (await this.ask((rest) => rest.delete<LabelsResponse>(`${LABELS}/${id}`))).labels;
  }

  /** Canned replies by shortcut. Each change resolves with all of them, too. */
  async cannedReplies(): Promise<CannedReplyObject[]> {
    return (await this.ask((rest) => rest.get<CannedRepliesResponse>(CANNED))).canned;
  }

  /** Without an id a new one. A shortcut is of a-z 0-9 - _. Rejects with 409 when it is taken. */
  async saveCannedReply({ id, shortcut, text }: { id?: number | undefined; shortcut: string; text: string }): Promise<CannedReplyObject[]> {
    const body = { shortcut, text };
    const save = (rest: Rest) => (id === undefined ? rest.post<CannedRepliesResponse>(CANNED, body) : rest.patch<CannedRepliesResponse>(`${CANNED}/${id}`, body));
    return (await this.ask(save)).canned;
  }

  async deleteCannedReply(id: number): Promise<CannedReplyObject[]> {
    return (await this.ask((rest) => rest.delete<CannedRepliesResponse>(`${CANNED}/${id}`))).canned;
  }

  /** Where a customer is, what was, and the team's notes on them. */
  async customer(id: string): Promise<CustomerObject> {
    return (await this.ask((rest) => rest.get<{ customer: CustomerObject }>(customerPath(id)))).customer;
  }

  async noteCustomer(id: string, notes: string): Promise<CustomerObject> {
    return (await this.ask((rest) => rest.patch<{ customer: CustomerObject }>(customerPath(id), { notes }))).customer;
  }

  /**
   * `otherId` turned out to be customer `id`: all that they wrote and had becomes the customer's, who alone is left. Their sign-ins end.
   * Cannot be undone. Rejects with 409 while one of them is in a call. Everybody who looks is told (`conversation.merged`).
   */
  async mergeCustomers(id: string, otherId: string): Promise<CustomerObject> {
    return (await this.ask((rest) => rest.post<{ customer: CustomerObject }>(`${customerPath(id)}/merge`, { other: otherId }))).customer;
  }

  async hours(): Promise<HoursObject> {
    return (await this.ask((rest) => rest.get<{ hours: HoursObject }>(HOURS))).hours;
  }

  /** Rejects with the reason when something in it is wrong. */
  async setHours(hours: HoursObject): Promise<HoursObject> {
    return (await this.ask((rest) => rest.put<{ hours: HoursObject }>(HOURS, hours))).hours;
  }

  /** Now, and of what was opened in the last days. */
  figures(days = 30): Promise<FiguresResponse> {
    return this.ask((rest) => rest.get(`/api/v1/support/figures?days=${days}`));
  }

  /** Who did what when, latest first. */
  audit({ before, limit = 50, actor, action }: AuditQuery = {}): Promise<AuditResponse> {
    const query = new URLSearchParams({ limit: String(limit) });
    if (before !== undefined) query.set('before', String(before));
    if (actor !== undefined) query.set('actor', actor);
    if (action !== undefined) query.set('action', action);
    return this.ask((rest) => rest.get(`/api/v1/audit?${query}`));
  }
}

const bodyOf = (change: SupportChange): object => ({
  ...(change.status === undefined ? {} : { status: change.status }),
  ...(change.until === undefined ? {} : { snoozed_until: change.until.toISOString() }),
  ...(change.priority === undefined ? {} : { priority: change.priority }),
  ...(change.assignee === undefined ? {} : { assignee_id: change.assignee }),
  ...(change.labels === undefined ? {} : { labels: change.labels }),
  ...(change.addLabels === undefined ? {} : { add_labels: change.addLabels }),
  ...(change.removeLabels === undefined ? {} : { remove_labels: change.removeLabels }),
});

const LABELS = '/api/v1/labels';
const CANNED = '/api/v1/canned';
const HOURS = '/api/v1/support/hours';
const customerPath = (id: string): string => `/api/v1/customers/${encodeURIComponent(id)}`;
