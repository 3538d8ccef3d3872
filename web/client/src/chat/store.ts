// SPDX-License-Identifier: Apache-2.0
/** The messenger without its looks: loads, sends, retries, follows the event socket. Free of any UI framework. */
import type { VideoClient } from '../client.ts';
import type { BulkResultObject, ChannelInfoObject, MessageObject, UserObject } from '../contract.ts';
import type { SocketEvent } from '../events.ts';
import { ErrorCode, toConfabError } from '../errors.ts';
import type { BulkChange, SupportChange } from '../support/api.ts';
import { Store, type Observable } from '../store.ts';
import { randomId } from '../userid.ts';
import type { ChannelChange } from './api.ts';
import { Answers } from './answers.ts';
import { Attention } from './attention.ts';
import { isChannel, isSlowed } from './channels.ts';
import { TYPING_MS, mayBeHidden, reduceChat, type ChatAction } from './reduce.ts';
import { initialChat, isKeptUnread, lastToRead, type ChatState } from './state.ts';
import { unsentMessage, type NewMessage } from './unsent.ts';

const EVENTS = [
  'message.new',
  'message.updated',
  'message.deleted',
  'message.read',
  'message.unread',
  'conversation.updated',
  'conversation.cleared',
  'conversation.merged',
  'hours.updated',
  'channel.updated',
  'channel.left',
  'reaction.new',
  'reaction.deleted',
  'typing.start',
  'typing.stop',
  'viewing.start',
  'viewing.stop',
  'user.presence.changed',
  'user.updated',
  'call.session_started',
  'call.session_participant_joined',
  'call.session_participant_left',
  'call.session_ended',
] as const;

/** What the server takes in one request. */
const CHANGES_AT_ONCE = 100;

export class ChatStore {
  readonly state$: Observable<ChatState>;
  readonly #state: Store<ChatState>;
  readonly #stops: (() => void)[] = [];
  /** Events that came while the list was being loaded: the list may be older than they are. */
  #early: SocketEvent[] | undefined;
  #again = false;
  /** By conversation: when this page's last message was taken. */
  readonly #sentAt = new Map<string, number>();
  readonly #attention: Attention;
  readonly #answers = new Answers((action) => this.#apply(action));
  /** Marked unread here, by the answer: until the event says so, too, what was read is older than that. */
  readonly #marked = new Set<string>();
  /** What the screen shows; the state's `seeing` is without what was marked unread. */
  #shown: string | undefined;
  #tick: ReturnType<typeof setTimeout> | undefined;

  /** `client` must be connected. Call `start`, and `stop` in the end. */
  constructor(
    private readonly client: VideoClient,
    me: UserObject,
  ) {
    this.#state = new Store(initialChat(me));
    this.state$ = this.#state;
    this.#attention = new Attention(client.chat);
  }

  get state(): ChatState {
    return this.#state.get();
  }

  start(): void {
    for (const type of EVENTS) this.#stops.push(this.client.on(type, (event) => this.#onEvent(event)));
    this.#stops.push(
      this.client.on('resync', () => {
        this.#apply({ type: 'resync', shown: this.state.open });
        this.refresh();
      }),
    );
    this.#stops.push(
      this.client.on('connection.changed', ({ state }) => {
        if (state !== 'connected') return;
        this.#marked.clear();
        void this.#load(); // who is in a call is not replayed
        const { open, threads } = this.state;
        // who has jumped to an older part reads on there: what changed in it is replayed
        if (open !== undefined && !threads.get(open)?.hasNewer) void this.#loadThread(open);
      }),
    );
    const { outbox } = this.client;
    this.#stops.push(outbox.queue$.subscribe((queue) => this.#apply({ type: 'queue', queue })));
    this.#stops.push(
      outbox.listen({
        sent: (message) => this.#onSent(message),
        refused: ({ conversationId: id }, { code, retryAfter }) => {
          if (code === ErrorCode.slowMode) this.#apply({ type: 'slow', id, until: Date.now() + (retryAfter ?? 1) * 1000 });
        },
      }),
    );
    this.refresh();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#attention.stop();
    clearTimeout(this.#tick);
  }

  /** Loads the list, and the open conversation, anew. What is on screen stays until the answer is there. */
  refresh(): void {
    void this.#load();
    const { open } = this.state;
    if (open !== undefined) void this.#loadThread(open);
  }

  /** Shows a conversation, or none. */
  open(id: string | undefined): void {
    if (this.state.open !== id) this.#apply({ type: 'opened', id });
    const thread = id === undefined ? undefined : this.state.threads.get(id);
    if (id !== undefined && (thread?.status !== 'ready' || thread.stale !== undefined)) void this.#loadThread(id);
  }

  /**
   * The end of this conversation is before somebody's eyes, in a window that has the focus; or of none. What is there
   * and what comes is read.
   */
  seeing(id: string | undefined): void {
    this.#shown = id;
    this.#look();
  }

  /**
   * The message and what came after it are unread again, on every page of this person, and stay so before their eyes until
   * `resume`. Without a message: what the other side said last. Resolves with false when there is nothing that could be unread.
   */
  async markUnread(id: string, messageId = lastToRead(this.state, id)): Promise<boolean> {
    if (messageId === undefined) return false;
    const [response, told] = await this.#answers.compare(this.#attention.unread(id, messageId));
    if (!told('message.unread', id)) {
      this.#marked.add(id);
      this.#apply({ type: 'unread', id, response });
    }
    this.#look();
    return true;
  }

  /** The person goes on with a conversation that was marked unread: what is before their eyes is read again. */
  resume(id: string): void {
    if (!isKeptUnread(this.state, id)) return;
    this.#apply({ type: 'resumed', id });
    this.#look();
  }

  #look(): void {
    const id = isKeptUnread(this.state, this.#shown) ? undefined : this.#shown;
    if (this.state.seeing !== id) this.#apply({ type: 'seeing', id });
    this.#markSeen();
  }

  /** Call it with each key that is pressed in the conversation's text box. */
  keystroke(id: string): void {
    this.#attention.keystroke(id);
  }

  retryThread(id: string): void {
    void this.#loadThread(id);
  }

  /** Older messages of a conversation, when there are any. */
  async loadMore(id: string): Promise<void> {
    const thread = this.state.threads.get(id);
    const before = thread?.messages.find((message) => message.id !== undefined)?.id;
    if (!thread?.hasMore || thread.loadingMore || before === undefined) return;
    this.#apply({ type: 'thread.loading', id, more: true });
    try {
      await this.#answers.take(id, this.client.chat.messages(id, { before }), (response) => ({ type: 'thread.loaded', id, response, more: true }));
    } catch {
      this.#apply({ type: 'thread.failed', id, more: true });
    }
  }

  /** Shows a message in its context, wherever it lies. Rejects when it cannot be loaded. */
  async jump(id: string, messageId: number): Promise<void> {
    if (this.state.threads.get(id)?.messages.some((message) => message.id === messageId)) return;
    const around = Promise.all([
      this.client.chat.messages(id, { before: messageId + 1, limit: 30 }),
      this.client.chat.messages(id, { after: messageId, limit: 30 }),
    ]);
    await this.#answers.take(id, around, ([older, newer]) => ({ type: 'thread.window', id, older, newer }));
  }

  /** Back from where one has jumped to. */
  toNewest(id: string): Promise<void> {
    return this.#loadThread(id);
  }

  /**
   * Shows the message at once and sends it. What cannot go for want of a connection has the delivery 'waiting' and goes by
   * itself, also after a reload; one that the server refuses has 'failed', and stays for `retry` or `discard`.
   */
  send(id: string, text: string, options: Omit<NewMessage, 'text'> = {}): void {
    const { outbox } = this.client;
    const thread = this.state.threads.get(id);
    this.#attention.pause();
    this.resume(id);
    void outbox.add(unsentMessage({ key: randomId(), conversationId: id, at: outbox.nextAt() }, { ...options, text }, thread?.messages ?? []));
    if (thread?.hasNewer) void this.toNewest(id); // where it will be
  }

  /** Sends a refused one again, behind the others; one that waits takes with it whatever waits. */
  retry(key: string): void {
    this.client.outbox.retry(key);
  }

  /** One that waits or was refused is not to be sent. */
  discard(key: string): void {
    this.client.outbox.discard(key);
  }

  #onSent(message: MessageObject): void {
    const id = message.conversation_id;
    this.#apply({ type: 'send.done', id, key: message.client_id, message });
    this.#sentAt.set(id, Date.now());
    this.#slowDown(id);
  }

  /**
   * After a message; once it is known how slow: a new guest's first message goes before the list is there; and when that
   * changes. An older page's or another device's message says when it was by the server's clock, which may not be ours.
   */
  #slowDown(id: string, changed = false): void {
    const now = Date.now();
    const { me, threads, slow } = this.state;
    const own = threads.get(id)?.messages.findLast((m) => m.id !== undefined && m.user.id === me.id && !m.call && !m.activity);
    const waitMs = this.#waitAfter(id) * 1000;
    const until = waitMs > 0 ? Math.min(Math.max(this.#sentAt.get(id) ?? 0, own?.at ?? 0), now) + waitMs : 0;
    if (changed || until > Math.max(now, slow.get(id) ?? 0)) this.#apply({ type: 'slow', id, until });
  }

  /** What slow mode asks of this person after a message, in seconds. */
  #waitAfter(id: string): number {
    const { channels, me, slowModeS } = this.state;
    const channel = channels.get(id);
    if (channel) return isSlowed(channel, me) ? channel.slow_mode_s : 0;
    return id === me.id && me.role !== 'admin' ? slowModeS : 0;
  }

  /** Changes one's own message. */
  async edit(id: string, messageId: number, text: string): Promise<void> {
    this.#attention.pause();
    await this.#change(id, this.client.chat.edit(id, messageId, text));
  }

  async delete(id: string, messageId: number): Promise<void> {
    await this.#change(id, this.client.chat.delete(id, messageId));
  }

  /** Adds this person's reaction, or takes it away when it is there. */
  async react(id: string, messageId: number, type: string): Promise<void> {
    const message = this.state.threads.get(id)?.messages.find((m) => m.id === messageId);
    const on = !message?.reactions.some((r) => r.type === type && r.user_ids.includes(this.state.me.id));
    await this.#change(id, this.client.chat.react(id, messageId, type, on));
  }

  async #change(id: string, asked: Promise<MessageObject>): Promise<void> {
    await this.#answers.take(id, asked, (message) => ({ type: 'changed', id, message }));
  }

  /** Changes what becomes of a conversation: status, priority, assignee, labels; for the team. */
  async changeSupport(id: string, change: SupportChange): Promise<void> {
    await this.#answers.take(id, this.client.support.change(id, change), (support) => ({ type: 'support', id, support }));
  }

  /** The same of any number at once; resolves with what became of each. Rejects when nothing became of any. */
  async changeMany(changes: readonly BulkChange[]): Promise<BulkResultObject[]> {
    const results: BulkResultObject[] = [];
    for (let at = 0; at < changes.length; at += CHANGES_AT_ONCE) {
      const portion = changes.slice(at, at + CHANGES_AT_ONCE);
      const asked = this.client.support.changeMany(portion).catch((reason: unknown) => {
        const { code, statusCode, message } = toConfabError(reason, 'The conversations could not be changed');
        if (at === 0) throw reason;
        return portion.map(({ id }): BulkResultObject => ({ id, error: { code, status_code: statusCode, message } }));
      });
      const [done, told] = await this.#answers.compare(asked);
      for (const { id, support } of done) if (support && !told('conversation.updated', id)) this.#apply({ type: 'support', id, support });
      results.push(...done);
    }
    return results;
  }

  /** Answers the question how it was, for a customer; 0 skips it. */
  async rate(id: string, question: number, rating: number, comment?: string): Promise<void> {
    await this.#answers.take(id, this.client.support.rate(id, question, rating, comment), (support) => ({ type: 'support', id, support }));
  }

  /** Finds or makes the direct conversation with somebody; resolves with its id. */
  async startDirect(userId: string): Promise<string> {
    return this.#channel(this.client.chat.createChannel({ type: 'direct', user_id: userId }));
  }

  async createGroup(name: string, members: string[]): Promise<string> {
    return this.#channel(this.client.chat.createChannel({ type: 'group', name, members }));
  }

  /** Name, members, owners, slow mode of a group; for its owners. */
  async changeChannel(id: string, change: ChannelChange): Promise<void> {
    await this.#channel(this.client.chat.updateChannel(id, change));
  }

  async leaveChannel(id: string): Promise<void> {
    await this.client.chat.leaveChannel(id);
    this.#apply({ type: 'channel.left', id });
  }

  async #channel(asked: Promise<ChannelInfoObject>): Promise<string> {
    const [channel, told] = await this.#answers.compare(asked);
    if (!told('channel.updated', channel.id)) this.#apply({ type: 'channel', channel });
    return channel.id;
  }

  async #load(): Promise<void> {
    if (this.#early) {
      this.#again = true;
      return;
    }
    this.#early = [];
    this.#again = false;
    try {
      do {
        this.#again = false;
        const [response, channels] = await Promise.all([
          this.client.chat.conversations(),
          this.#team ? this.client.chat.channels().catch(() => undefined) : undefined, // what was known stays
        ]);
        this.#apply({ type: 'loaded', response, channels });
        this.#slowDown(this.state.me.id);
        for (const event of this.#early.splice(0)) {
          const { cursor } = inChannel(event) ? (channels ?? response) : response;
          if ('cursor' in event && event.cursor !== undefined && event.cursor <= cursor) continue;
          this.#apply({ type: 'event', event, replayed: true, at: Date.now() });
        }
      } while (this.#again);
      const { conversations, channels } = this.state;
      for (const { id, last_message: last } of [...conversations.values(), ...channels.values()]) this.#markArrived(id, last);
      this.#look();
    } catch (error) {
      this.#apply({ type: 'failed', error: toConfabError(error, 'The conversations could not be loaded') });
    } finally {
      this.#early = undefined;
    }
    if (this.#again && this.#stops.length > 0) await this.#load(); // this one failed; what it was asked for again is still wanted
  }

  async #loadThread(id: string): Promise<void> {
    this.#apply({ type: 'thread.loading', id, more: false });
    try {
      await this.#answers.take(id, this.client.chat.messages(id), (response) => ({ type: 'thread.loaded', id, response, more: false }));
      this.#slowDown(id);
    } catch {
      this.#apply({ type: 'thread.failed', id, more: false });
    }
  }

  #onEvent(event: SocketEvent): void {
    if (!this.#team && inChannel(event)) return; // customers have theirs by client.channel
    if (event.type === 'message.unread') this.#marked.delete(event.conversation_id);
    if (event.type === 'message.read' && event.read.user_id === this.state.me.id && this.#marked.has(event.conversation_id)) return;
    this.#early?.push(event);
    const added = event.type === 'channel.updated' && !this.state.channels.has(event.conversation_id);
    this.#apply({ type: 'event', event, at: Date.now() });
    this.#answers.hear(event);
    if (added) void this.#load(); // what was said there before
    if (event.type === 'conversation.merged') this.refresh();
    if (event.type === 'hours.updated') {
      this.#slowDown(this.state.me.id, true);
      if (!this.#team && event.read_receipts && [...this.state.conversations.values()].some(({ reads }) => mayBeHidden(reads))) void this.#load();
    }
    if (event.type === 'message.new') {
      this.#markArrived(event.conversation_id, event.message);
      this.#look();
      this.#slowDown(event.conversation_id);
    } else if (event.type === 'message.unread') {
      this.#attention.forget(event.conversation_id);
    } else if (event.type === 'message.read') {
      this.#look(); // read in another tab of mine, it is so here
    } else if (event.type === 'typing.start' || event.type === 'viewing.start') {
      this.#forgetLater();
    }
  }

  /** Who does not say again that they write or look is forgotten, as long as somebody does. */
  #forgetLater(): void {
    clearTimeout(this.#tick);
    this.#tick = setTimeout(() => {
      this.#apply({ type: 'tick', at: Date.now() });
      const { typing, viewing } = this.state;
      if ([...typing.values(), ...viewing.values()].some((people) => people.length > 0)) this.#forgetLater();
    }, TYPING_MS + 50);
  }

  #markArrived(id: string, message: MessageObject | null): void {
    const { me, seeing, conversations, channels } = this.state;
    if (!message || message.user.id === me.id || seeing === id) return;
    const mine = (conversations.get(id) ?? channels.get(id))?.reads.find((read) => read.user_id === me.id);
    if ((mine?.last_delivered_message_id ?? 0) < message.id) this.#attention.delivered(id, message.id);
  }

  #markSeen(): void {
    const { seeing, conversations, channels, me } = this.state;
    const conversation = seeing === undefined ? undefined : (conversations.get(seeing) ?? channels.get(seeing));
    const last = conversation?.last_message;
    if (seeing === undefined || !last) return;
    const mine = conversation.reads.find((read) => read.user_id === me.id);
    if ((mine?.last_read_message_id ?? 0) < last.id) this.#attention.read(seeing, last.id);
  }

  /** Direct and group conversations are on the team's screen only. */
  get #team(): boolean {
    return this.state.me.role === 'admin';
  }

  #apply(action: ChatAction): void {
    this.#state.update((state) => reduceChat(state, action));
  }
}

const inChannel = (event: SocketEvent): boolean =>
  'conversation_id' in event && event.conversation_id !== undefined && isChannel(event.conversation_id);
