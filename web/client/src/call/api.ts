// SPDX-License-Identifier: Apache-2.0
/** The coordinator's routes of one call, one method each. */
import type { CallContext } from './context.ts';
import { Turns } from '../turns.ts';
import { ConfabError } from '../errors.ts';
import { Heard } from '../heard.ts';
import type { CallEvent } from './events.ts';
import type { CallResponse, JoinResponse, CallReactionObject } from '../contract.ts';
import type { CreateOptions, FeedbackOptions, GetOptions, JoinOptions, MembersPage, MemberRequest, MuteKind, PageRequest, UpdateOptions } from './types.ts';

export class CallApi {
  readonly #path: string;
  /** The last word counts: it must not overtake the one before. */
  readonly #feedback = new Turns(1);
  readonly #heard = new Heard<CallEvent>();
  readonly #overtakers = new WeakMap<object, readonly CallEvent[]>();

  constructor(
    type: string,
    id: string,
    private readonly context: CallContext,
  ) {
    this.#path = `/api/v1/call/${encodeURIComponent(type)}/${encodeURIComponent(id)}`;
  }

  /** Every event of the call, after it was applied. */
  hear(event: CallEvent): void {
    this.#heard.hear(event);
  }

  /** What was heard while this answer was on its way, and may be newer than it. */
  since(answer: object): readonly CallEvent[] {
    return this.#overtakers.get(answer) ?? [];
  }

  async get({ watch }: GetOptions): Promise<CallResponse> {
    await this.context.ready();
    return this.#ask(this.context.rest.get(`${this.#path}${watch ? '?watch=true' : ''}`));
  }
  getOrCreate(options: CreateOptions): Promise<CallResponse> {
    return this.#post('', { ...options, ...this.#device(options.ring === true) });
  }
  /** Not after `ready`: the link has waited for it. */
  join(options: JoinOptions): Promise<JoinResponse> {
    return this.#ask(this.context.rest.post(`${this.#path}/join`, { ...options, device_id: this.context.deviceId }));
  }
  ring(options: { member_ids?: readonly string[]; video?: boolean }): Promise<CallResponse> {
    return this.#post('/ring', { ...options, ...this.#device(true) });
  }
  accept(): Promise<CallResponse> {
    return this.#post('/accept', this.#device(true));
  }
  async reject(reason: string): Promise<void> {
    await this.#post('/reject', { reason, ...this.#device(true) });
  }
  async update(options: UpdateOptions): Promise<CallResponse> {
    await this.context.ready();
    return this.#ask(this.context.rest.patch(this.#path, options));
  }
  updateMembers(update: readonly MemberRequest[], remove: readonly string[]): Promise<CallResponse> {
    return this.#post('/members', {
      ...(update.length > 0 ? { update_members: update } : {}),
      ...(remove.length > 0 ? { remove_members: remove } : {}),
    });
  }
  queryMembers(page: PageRequest): Promise<MembersPage> {
    return this.#post('/query_members', page);
  }
  end(): Promise<CallResponse> {
    return this.#post('/end', {});
  }
  goLive(): Promise<CallResponse> {
    return this.#post('/go_live', {});
  }
  stopLive(): Promise<CallResponse> {
    return this.#post('/stop_live', {});
  }
  async requestPermissions(permissions: readonly string[]): Promise<void> {
    await this.#post('/request_permissions', { permissions });
  }
  async userPermissions(userId: string, grant: readonly string[], revoke: readonly string[]): Promise<void> {
    await this.#post('/user_permissions', {
      user_id: userId,
      ...(grant.length > 0 ? { grant_permissions: grant } : {}),
      ...(revoke.length > 0 ? { revoke_permissions: revoke } : {}),
    });
  }
  async mute(users: { user_ids: readonly string[] } | { mute_all_users: true }, kinds: readonly MuteKind[]): Promise<void> {
    await this.#post('/mute_users', { ...users, ...Object.fromEntries(kinds.map((kind) => [kind, true])) });
  }
  async block(userId: string): Promise<void> {
    await this.#post('/block', { user_id: userId });
  }
  async unblock(userId: string): Promise<void> {
    await this.#post('/unblock', { user_id: userId });
  }
  async kick(userId: string, block: boolean): Promise<void> {
    await this.#post('/kick', { user_id: userId, ...(block ? { block } : {}) });
  }
  async react(reaction: CallReactionObject): Promise<void> {
    await this.#post('/reaction', reaction);
  }
  async feedback(rating: number, { reason, session_id }: FeedbackOptions): Promise<void> {
    await this.#feedback.run(() => this.#post('/feedback', { rating, ...(reason ? { reason } : {}), ...(session_id ? { session_id } : {}) }));
  }
  async sendCustom(custom: Record<string, unknown>): Promise<void> {
    await this.#post('/event', { custom });
  }

  /** Recording is in the surface, not yet in the server: it rejects with a sentence that says what to do instead. */
  async recording(action: 'start_recording' | 'stop_recording' | 'recordings'): Promise<never> {
    await this.#post(`/${action}`, {});
    throw new ConfabError(`The server knows ${action}, this version of the SDK does not.`, { unrecoverable: true });
  }

  #device(needed: boolean): { device_id?: string } {
    return needed ? { device_id: this.context.deviceId } : {};
  }

  async #post<T extends object>(action: string, body: object): Promise<T> {
    await this.context.ready();
    return this.#ask(this.context.rest.post<T>(this.#path + action, body));
  }

  async #ask<T extends object>(asked: Promise<T>): Promise<T> {
    const [answer, heard] = await this.#heard.during(asked);
    if (heard.length > 0) this.#overtakers.set(answer, heard);
    return answer;
  }
}
