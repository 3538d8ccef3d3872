// SPDX-License-Identifier: Apache-2.0
/**
 * One conversation as a handle with state, the counterpart of `Call`: `client.channel(type, id)`. Types: 'support' (id: the
 * customer's user id), 'direct' (id: the other's user id), 'group' (id: the group's). Making a handle makes no request;
 * `watch` loads and follows it, and makes a direct or named group one that is not there.
 */
import type { VideoClient } from '../client.ts';
import type { AttachmentObject, ChannelInfoObject, ChannelObject, ChannelMemberObject, MessageObject, ReadObject, UnreadResponse, UserObject } from '../contract.ts';
import { ConfabError, ErrorCode, tokenNotSet } from '../errors.ts';
import type { SocketEvent } from '../events.ts';
import { Store, type Observable } from '../store.ts';
import { randomId } from '../userid.ts';
import type { ExportFormat, VoiceShape } from './api.ts';
import { Answers } from './answers.ts';
import { Attention } from './attention.ts';
import { channelReceipt } from './channels.ts';
import { outcomeOf } from './outcome.ts';
import { TYPING_MS, hidden, mayBeHidden, reduceChat, type ChatAction } from './reduce.ts';
import { fresh } from './rename.ts';
import { initialChat, receiptOf, type ChatMessage, type ChatState, type Receipt } from './state.ts';
import { unsentMessage, type NewMessage } from './unsent.ts';

export type ChannelType = 'support' | 'direct' | 'group';

export interface ChannelData {
  /** Of a group that `watch` is to make. */
  name?: string;
  members?: readonly string[];
}

const PAGE = 50;

export class ChannelState {
  readonly messages$: Observable<readonly ChatMessage[]> = new Store<readonly ChatMessage[]>([]);
  readonly members$: Observable<readonly ChannelMemberObject[]> = new Store<readonly ChannelMemberObject[]>([]);
  /** Others' messages that this user has not read. */
  readonly unread$: Observable<number> = new Store(0);
  /** Who is writing, others only. */
  readonly typing$: Observable<readonly UserObject[]> = new Store<readonly UserObject[]>([]);
  readonly read$: Observable<readonly ReadObject[]> = new Store<readonly ReadObject[]>([]);
  readonly name$: Observable<string | undefined> = new Store<string | undefined>(undefined);
  /** Seconds between two messages of a customer, or of a member who neither owns the group nor is of the team; 0: off. */
  readonly slowMode$: Observable<number> = new Store(0);
  /** Whether older messages can be loaded. */
  readonly hasMore$: Observable<boolean> = new Store(false);
  /** False once this user has left or was taken out. */
  readonly watching$: Observable<boolean> = new Store(false);

  get messages(): readonly ChatMessage[] {
    return this.messages$.get();
  }
  get members(): readonly ChannelMemberObject[] {
    return this.members$.get();
  }
  get unread(): number {
    return this.unread$.get();
  }
  get typing(): readonly UserObject[] {
    return this.typing$.get();
  }
  get read(): readonly ReadObject[] {
    return this.read$.get();
  }
  get name(): string | undefined {
    return this.name$.get();
  }
  get slowMode(): number {
    return this.slowMode$.get();
  }
  get hasMore(): boolean {
    return this.hasMore$.get();
  }
  get watching(): boolean {
    return this.watching$.get();
  }
}

/** What a Channel needs from the client; `client.channel` gives it. */
export interface ChannelContext {
  client: VideoClient;
  me: () => UserObject | undefined;
}

export class Channel {
  readonly cid: string;
  readonly state = new ChannelState();
  #chat: ChatState | undefined;
  #attention: Attention | undefined;
  readonly #answers = new Answers((action) => this.#apply(action));
  #tick: ReturnType<typeof setTimeout> | undefined;
  /** Of what is watched now; another list after `stopWatching`. */
  #stops: (() => void)[] = [];
  #stopFollowing: (() => void) | undefined;
  #watch: Promise<ChannelState> | undefined;

  constructor(
    readonly type: ChannelType,
    readonly id: string,
    private readonly context: ChannelContext,
    private readonly data: ChannelData = {},
  ) {
    this.cid = `${type}:${id}`;
  }

  /** What the conversation is called in routes and events. */
  get conversationId(): string {
    if (this.type === 'support') return this.id;
    if (this.type === 'group') return `group.${this.id}`;
    return `direct.${[this.#me().id, this.id].sort().join('.')}`;
  }

  /**
   * Loads the newest messages and who is there, and follows what happens, until `stopWatching`. The same promise twice. When
   * `stopWatching` comes before it is settled, it resolves all the same; `state.watching` is false then.
   */
  watch(): Promise<ChannelState> {
    if (this.#watch) return this.#watch;
    const stops = this.#stops;
    const watch = this.#start(() => this.#stops === stops).catch((error: unknown) => {
      if (this.#stops === stops) this.stopWatching();
      throw error;
    });
    return (this.#watch = watch);
  }

  stopWatching(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    clearTimeout(this.#tick);
    this.#attention?.stop();
    this.#watch = undefined;
    set(this.state.watching$, false);
  }

  /**
   * Shows the message in `state.messages` at once and sends it through `client.outbox`: behind what was written before it, and
   * without a connection (delivery 'waiting') as soon as there is one, also after a reload. However often it is tried, it is stored
   * once; a repeat with the `clientId` of one that failed takes its place. Resolves when the server has it. Rejects when the server
   * refuses it (delivery 'failed', for `retryMessage` or `discardMessage`), when it is discarded, and at `disconnectUser`.
   */
  async sendMessage(message: string | NewMessage, clientId = randomId()): Promise<MessageObject> {
    const { client } = this.context;
    if (!this.context.me()) await client.chat.ready();
    const { outbox } = client;
    const where = { key: clientId, conversationId: this.conversationId, at: outbox.nextAt() };
    this.#attention?.pause();
    this.#follow();
    const queued = outbox.queue.find(({ message: { key } }) => key === clientId);
    if (queued?.delivery === 'failed') outbox.discard(clientId);
    if (queued && queued.delivery !== 'failed') outbox.retry(clientId);
    else void outbox.add(unsentMessage(where, typeof message === 'string' ? { text: message } : message, this.state.messages));
    return outcomeOf(clientId, where.conversationId, outbox, client.chat);
  }

  /** Sends one that failed again, behind the others, by its `key`; one that waits takes with it whatever waits. Settles as `sendMessage` does. */
  async retryMessage(key: string): Promise<MessageObject> {
    const { client } = this.context;
    const id = this.conversationId;
    client.outbox.retry(key);
    return outcomeOf(key, id, client.outbox, client.chat);
  }

  /** One that waits or failed is not to be sent. One that is being sent may arrive all the same. */
  discardMessage(key: string): void {
    this.context.client.outbox.discard(key);
  }

  async updateMessage(messageId: number, text: string): Promise<MessageObject> {
    return this.#changed(this.context.client.chat.edit(this.conversationId, messageId, text));
  }

  async deleteMessage(messageId: number): Promise<MessageObject> {
    return this.#changed(this.context.client.chat.delete(this.conversationId, messageId));
  }

  async sendReaction(messageId: number, type: string): Promise<MessageObject> {
    return this.#changed(this.context.client.chat.react(this.conversationId, messageId, type));
  }

  async deleteReaction(messageId: number, type: string): Promise<MessageObject> {
    return this.#changed(this.context.client.chat.react(this.conversationId, messageId, type, false));
  }

  /** The whole conversation, to keep. */
  export(format: ExportFormat = 'json'): Promise<Blob> {
    return this.context.client.chat.export(this.conversationId, format);
  }

  /** For a message's `attachments`. */
  sendFile(file: Blob, name: string, voice?: VoiceShape): Promise<AttachmentObject> {
    return this.context.client.chat.attach(this.conversationId, file, name, voice);
  }

  /** Older messages, in front of those in `state.messages`. */
  async loadMore(): Promise<void> {
    const before = this.state.messages.find((message) => message.id !== undefined)?.id;
    if (before === undefined || !this.state.hasMore) return;
    await this.#loadPage(true, { before, limit: PAGE });
  }

  async #loadPage(more: boolean, page: { before?: number; limit: number }): Promise<void> {
    const id = this.conversationId;
    await this.#answers.take(id, this.context.client.chat.messages(id, page), (response) => ({ type: 'thread.loaded', id, response, more }));
  }

  /** Everything that is there has been read. */
  async markRead(): Promise<void> {
    const last = this.state.messages.findLast((message) => message.id !== undefined)?.id;
    set(this.state.unread$, 0);
    if (last !== undefined) this.#onRead(await this.context.client.chat.markRead(this.conversationId, last));
  }

  /** How far a message of one's own has come: with the other side of a support conversation, else with anybody of the others. */
  receiptOf(messageId: number): Receipt {
    const { members, read } = this.state;
    return this.type === 'support' ? receiptOf(read, this.#me(), messageId) : channelReceipt({ members, reads: read }, this.#me().id, messageId);
  }

  /** The message and what came after it are unread again, for this user only, until they read or write there. Of a customer's conversation: for the team. */
  async markUnread({ message_id: id }: { message_id: number }): Promise<void> {
    const [response, told] = await this.#answers.compare(this.context.client.chat.markUnread(this.conversationId, id));
    if (!told('message.unread', this.conversationId)) this.#onUnread(response);
  }

  /** Call it with each key that is pressed: the others are told at most every two seconds. */
  keystroke(): void {
    this.#attend().keystroke(this.conversationId);
  }

  stopTyping(): void {
    this.#attention?.pause();
  }

  /** Changes of a group, by its owners. `slowMode`: seconds between two messages of a member, 0: off. */
  async update({ name, slowMode }: { name?: string; slowMode?: number }): Promise<void> {
    const change = { ...(name === undefined ? {} : { name }), ...(slowMode === undefined ? {} : { slow_mode_s: slowMode }) };
    await this.#change(this.context.client.chat.updateChannel(this.conversationId, change));
  }

  async addMembers(userIds: readonly string[]): Promise<void> {
    await this.#change(this.context.client.chat.updateChannel(this.conversationId, { add_members: [...userIds] }));
  }

  async removeMembers(userIds: readonly string[]): Promise<void> {
    await this.#change(this.context.client.chat.updateChannel(this.conversationId, { remove_members: [...userIds] }));
  }

  /** Leaves a group; somebody else must let one in again. */
  async leave(): Promise<void> {
    await this.context.client.chat.leaveChannel(this.conversationId);
    this.stopWatching();
  }

  /** @internal Nobody is signed in any more. */
  end(): void {
    this.stopWatching();
    this.#stopFollowing?.();
    this.#stopFollowing = undefined;
    this.#chat = undefined;
  }

  /** @internal What a list says of it. */
  handleListed(channel: ChannelObject): this {
    this.#onInfo(channel);
    set(this.state.read$, channel.reads);
    set(this.state.unread$, channel.unread);
    return this;
  }

  async #start(isWanted: () => boolean): Promise<ChannelState> {
    const { client } = this.context;
    await client.chat.ready();
    if (!isWanted()) return this.state;
    const id = this.conversationId;
    this.#follow();
    this.#apply({ type: 'resync', shown: id }); // what is left of an earlier watching may have a gap behind it
    // first: what comes while the page is loaded must not be missed
    this.#stops.push(client.on('all', (event) => 'conversation_id' in event && event.conversation_id === id && this.#onEvent(event as SocketEvent)));
    this.#stops.push(client.on('user.updated', (event) => this.#onRenamed(event)));
    if (this.type === 'support' && this.#me().role !== 'admin') this.#stops.push(client.on('hours.updated', (event) => this.#onTimes(event)));
    this.#stops.push(
      client.on('resync', () => {
        this.#apply({ type: 'resync', shown: id });
        void this.#load().catch(() => {});
      }),
    );
    this.#stops.push(
      client.on('conversation.merged', ({ conversation_id: gone, into }) => {
        if (gone === id) return this.stopWatching();
        if (this.type === 'support' && into !== id) return;
        this.#apply({ type: 'resync', shown: id });
        void this.#load().catch(() => {});
      }),
    );
    this.#stops.push(client.on('connection.changed', ({ state }) => state === 'connected' && void this.#load().catch(() => {})));
    if (this.type === 'direct') this.#onInfo(await client.chat.createChannel({ type: 'direct', user_id: this.id }));
    else if (this.type === 'group' && this.data.name !== undefined)
      this.#onInfo(await client.chat.createChannel({ type: 'group', id: this.id, name: this.data.name, members: [...(this.data.members ?? [])] }));
    if (!isWanted()) return this.state;
    await this.#load();
    if (isWanted()) set(this.state.watching$, true);
    return this.state;
  }

  async #load(): Promise<void> {
    const { client } = this.context;
    const id = this.conversationId;
    if (this.type === 'support') {
      const { conversations, slow_mode_s: slowMode = 0 } = await client.chat.conversations();
      const found = conversations.find((conversation) => conversation.id === id);
      if (!found) throw new ConfabError(`There is no conversation of ${id}, or it is not yours to see.`, { code: ErrorCode.notFound, statusCode: 404, unrecoverable: true });
      set(this.state.name$, found.user.name);
      set(this.state.slowMode$, slowMode);
      set(this.state.read$, found.reads);
      set(this.state.unread$, found.unread);
    } else {
      this.#onInfo(await client.chat.channelInfo(id));
      const found = (await client.chat.channels()).channels.find((channel) => channel.id === id);
      set(this.state.read$, found?.reads ?? []);
      set(this.state.unread$, found?.unread ?? 0);
    }
    await this.#loadPage(false, { limit: PAGE });
    this.#arrived(this.state.messages.findLast((message) => message.id !== undefined && message.user.id !== this.#me().id)?.id);
  }

  /** Others' messages up to this one are on this device: their second tick. */
  #arrived(messageId = 0): void {
    const mine = this.state.read.find((read) => read.user_id === this.#me().id);
    if ((mine?.last_delivered_message_id ?? 0) < messageId) this.#attend().delivered(this.conversationId, messageId);
  }

  #attend(): Attention {
    return (this.#attention ??= new Attention(this.context.client.chat));
  }

  /** From the first use on, what is on its way is in `state.messages`. */
  #follow(): void {
    if (this.#stopFollowing) return;
    const { outbox } = this.context.client;
    const id = this.conversationId;
    const stopListening = outbox.listen({ sent: (message) => message.conversation_id === id && this.#onSent(message) });
    const stopQueue = outbox.queue$.subscribe((queue) => this.#apply({ type: 'queue', queue: queue.filter(({ message }) => message.conversationId === id) }));
    this.#stopFollowing = () => {
      stopListening();
      stopQueue();
    };
  }

  /** Who answers has read. */
  #onSent(message: MessageObject): void {
    this.#apply({ type: 'send.done', id: message.conversation_id, key: message.client_id, message });
    set(this.state.unread$, 0);
  }

  #onEvent(event: SocketEvent): void {
    if (event.type === 'channel.updated') this.#onInfo(event.channel);
    else if (event.type === 'channel.left') this.stopWatching();
    else if (event.type === 'message.read') this.#onRead(event.read);
    else if (event.type === 'message.unread') this.#onUnread(event);
    else this.#apply({ type: 'event', event, at: Date.now() });
    this.#answers.hear(event);
    if (event.type === 'message.new' && event.message.user.id !== this.#me().id) this.#arrived(event.message.id);
    if (event.type === 'typing.start') {
      clearTimeout(this.#tick);
      this.#tick = setTimeout(() => this.#apply({ type: 'tick', at: Date.now() }), TYPING_MS + 50);
    }
  }

  #onRenamed(event: SocketEvent & { type: 'user.updated' }): void {
    const { members } = this.state;
    if (members.some(({ user }) => user.id === event.user.id)) {
      set(this.state.members$, members.map((member) => ({ ...member, user: fresh(member.user, event.user) })));
    }
    if (this.type !== 'group' && event.user.id === this.id) set(this.state.name$, event.user.name);
    this.#apply({ type: 'event', event, at: Date.now() });
  }

  /** What a customer is told of the team's ways. */
  #onTimes({ slow_mode_s: slowMode, read_receipts: receipts }: SocketEvent & { type: 'hours.updated' }): void {
    set(this.state.slowMode$, slowMode);
    if (!receipts) set(this.state.read$, hidden(this.state.read));
    else if (mayBeHidden(this.state.read)) void this.#load().catch(() => {});
  }

  async #change(asked: Promise<ChannelInfoObject>): Promise<void> {
    const [info, told] = await this.#answers.compare(asked);
    if (!told('channel.updated', this.conversationId)) this.#onInfo(info);
  }

  #onInfo(info: ChannelInfoObject): void {
    set(this.state.name$, info.name ?? info.members.find(({ user }) => user.id === this.id)?.user.name);
    set(this.state.members$, info.members);
    set(this.state.slowMode$, info.slow_mode_s);
  }

  #onRead(read: ReadObject): void {
    set(this.state.read$, [...this.state.read.filter((other) => other.user_id !== read.user_id), read]);
    const last = this.state.messages.findLast((message) => message.id !== undefined)?.id ?? 0;
    if (read.user_id === this.#me().id && read.last_read_message_id >= last) set(this.state.unread$, 0);
  }

  #onUnread({ read, unread }: UnreadResponse): void {
    this.#onRead(read);
    set(this.state.unread$, unread);
  }

  #changed(asked: Promise<MessageObject>): Promise<MessageObject> {
    const id = this.conversationId;
    return this.#answers.take(id, asked, (message) => ({ type: 'changed', id, message }));
  }

  #apply(action: ChatAction): void {
    const id = this.conversationId;
    const before = this.#chat ?? initialChat(this.#me());
    const after = reduceChat(before, action);
    this.#chat = after;
    const thread = after.threads.get(id);
    if (thread) {
      set(this.state.messages$, thread.messages);
      set(this.state.hasMore$, thread.hasMore);
    }
    set(this.state.typing$, sameUsers(this.state.typing, (after.typing.get(id) ?? []).map(({ user }) => user)));
    if (action.type === 'event') {
      const more = (after.unread.get(id) ?? 0) - (before.unread.get(id) ?? 0);
      if (more > 0) set(this.state.unread$, this.state.unread + more);
    }
  }

  #me(): UserObject {
    const me = this.context.me();
    if (!me) throw tokenNotSet();
    return me;
  }
}

/** Outside, they are read only. */
const set = <T>(store: Observable<T>, value: T): void => (store as Store<T>).set(value);

const sameUsers = (old: readonly UserObject[], fresh: readonly UserObject[]): readonly UserObject[] =>
  old.length === fresh.length && old.every(({ id }, i) => id === fresh[i]?.id) ? old : fresh;

export interface ChannelFilter {
  type?: 'direct' | 'group';
  /** Only those that this user is in. */
  member?: string;
  /** Only groups whose name holds this, in any case. */
  name?: string;
  unread?: boolean;
}

export type ChannelSort = readonly { field: 'updated_at' | 'created_at' | 'name' | 'unread'; direction: 1 | -1 }[];

interface Sortable {
  type: string;
  name: string | null;
  updated_at: string;
  created_at: string;
  unread: number;
  members: readonly { user: { id: string } }[];
}

/** Which channels, in which order; the server gives latest activity first. */
export function selectChannels<T extends Sortable>(channels: readonly T[], filter: ChannelFilter = {}, sort: ChannelSort = []): T[] {
  const words = filter.name?.toLocaleLowerCase();
  const found = channels.filter(
    (c) =>
      (filter.type === undefined || c.type === filter.type) &&
      (filter.member === undefined || c.members.some(({ user }) => user.id === filter.member)) &&
      (words === undefined || (c.name ?? '').toLocaleLowerCase().includes(words)) &&
      (filter.unread === undefined || c.unread > 0 === filter.unread),
  );
  return found.sort((a, b) => {
    for (const { field, direction } of sort) {
      const [x, y] = [a[field] ?? '', b[field] ?? ''];
      const order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y));
      if (order !== 0) return order * direction;
    }
    return 0;
  });
}
