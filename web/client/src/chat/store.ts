// SPDX-License-Identifier: Apache-2.0
/** The messenger without its looks: loads, sends, retries, follows the event socket. Free of any UI framework. */
import type { VideoClient } from '../client.ts';
import type { UserObject } from '../contract.ts';
import type { SocketEvent } from '../events.ts';
import { toConfabError } from '../errors.ts';
import { Store, type Observable } from '../store.ts';
import { randomId } from '../userid.ts';
import { reduceChat, type ChatAction } from './reduce.ts';
import { callIdOf, initialChat, type ChatState } from './state.ts';

const EVENTS = [
  'message.new',
  'call.session_started',
  'call.session_participant_joined',
  'call.session_participant_left',
  'call.session_ended',
  'call.rejected',
] as const;

export class ChatStore {
  readonly state$: Observable<ChatState>;
  readonly #state: Store<ChatState>;
  readonly #stops: (() => void)[] = [];
  /** Events that came while the list was being loaded: the list may be older than they are. */
  #early: SocketEvent[] | undefined;
  #again = false;

  /** `client` must be connected. Call `start`, and `stop` in the end. */
  constructor(
    private readonly client: VideoClient,
    me: UserObject,
  ) {
    this.#state = new Store(initialChat(me));
    this.state$ = this.#state;
  }

  get state(): ChatState {
    return this.#state.get();
  }

  start(): void {
    for (const type of EVENTS) this.#stops.push(this.client.on(type, (event) => this.#onEvent(event)));
    this.#stops.push(this.client.on('resync', () => this.refresh()));
    this.#stops.push(
      this.client.on('connection.changed', ({ state }) => {
        if (state === 'connected') this.refresh(); // who is in a call is not replayed
      }),
    );
    this.refresh();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
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
    if (id !== undefined && this.state.threads.get(id)?.status !== 'ready') void this.#loadThread(id);
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
      const response = await this.client.chat.messages(id, { before });
      this.#apply({ type: 'thread.loaded', id, response, more: true });
    } catch {
      this.#apply({ type: 'thread.failed', id, more: true });
    }
  }

  /** Shows the message at once and sends it. A failed one stays, with its delivery 'failed', for `retry`. */
  send(id: string, text: string): void {
    const key = randomId();
    this.#apply({ type: 'send', id, key, text, at: Date.now() });
    void this.#deliver(id, key, text);
  }

  retry(id: string, key: string): void {
    const message = this.state.threads.get(id)?.messages.find((m) => m.key === key);
    if (!message || message.delivery !== 'failed') return;
    this.#apply({ type: 'send', id, key, text: message.text, at: Date.now() });
    void this.#deliver(id, key, message.text);
  }

  /** Stops a call from ringing here and on the person's other tabs. */
  decline(id: string, sessionId: string): void {
    this.settle(sessionId);
    this.client
      .call('default', callIdOf(id))
      .reject()
      .catch(() => {}); // it rings no more here, which is what was asked for
  }

  settle(sessionId: string): void {
    this.#apply({ type: 'settled', sessionId });
  }

  async #load(): Promise<void> {
    if (this.#early) {
      this.#again = true;
      return;
    }
    this.#early = [];
    try {
      do {
        this.#again = false;
        const response = await this.client.chat.conversations();
        this.#apply({ type: 'loaded', response });
        for (const event of this.#early.splice(0)) {
          if ('cursor' in event && event.cursor !== undefined && event.cursor <= response.cursor) continue;
          this.#apply({ type: 'event', event, replayed: true });
        }
      } while (this.#again);
    } catch (error) {
      this.#apply({ type: 'failed', error: toConfabError(error, 'The conversations could not be loaded') });
    } finally {
      this.#early = undefined;
    }
  }

  async #loadThread(id: string): Promise<void> {
    this.#apply({ type: 'thread.loading', id, more: false });
    try {
      const response = await this.client.chat.messages(id);
      this.#apply({ type: 'thread.loaded', id, response, more: false });
    } catch {
      this.#apply({ type: 'thread.failed', id, more: false });
    }
  }

  async #deliver(id: string, key: string, text: string): Promise<void> {
    try {
      const message = await this.client.chat.send(id, text, key);
      this.#apply({ type: 'send.done', id, key, message });
    } catch {
      this.#apply({ type: 'send.failed', id, key });
    }
  }

  #onEvent(event: SocketEvent): void {
    this.#early?.push(event);
    this.#apply({ type: 'event', event });
  }

  #apply(action: ChatAction): void {
    this.#state.update((state) => reduceChat(state, action));
  }
}
