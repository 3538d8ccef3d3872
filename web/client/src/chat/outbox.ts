// SPDX-License-Identifier: Apache-2.0
/**
 * Sends messages so that those of a conversation arrive in the order they were written: one at a time, and none before an
 * older one that waits for the network. What waits is tried again when `retryAll` is called, and with growing pauses in any
 * case: the socket may not notice that the network was away. With a storage what waits is there again after a reload, and any
 * tab of the user may send it.
 */
import type { MessageObject } from '../contract.ts';
import { ConfabError, ErrorCode, toConfabError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { Store, type Observable } from '../store.ts';
import type { ChatApi } from './api.ts';
import type { OutboxStorage, UnsentFile, UnsentMessage } from './unsent.ts';

const RETRY_MS = 2000;
const RETRY_MAX_MS = 30_000;
/** The server cannot now, what stands before it cannot reach it, or the sign-in ran out: it is not this message that is refused. */
const LATER = [0, 401, 502, 503, 504];
/** What another tab has just written it mostly sends at once, too. */
const SETTLE_MS = 1000;
/** A storage that does not answer must not keep anything from being sent. */
const STORAGE_MS = 2000;

/** A message on its way. */
export interface Queued {
  readonly message: UnsentMessage;
  /** waiting: for the network, goes by itself; failed: refused, goes with `retry` only. */
  readonly delivery: 'sending' | 'waiting' | 'failed';
  readonly error: ConfabError | undefined;
}

export interface OutboxListener {
  sent?(message: MessageObject): void;
  refused?(message: UnsentMessage, error: ConfabError): void;
}

/** Goes with every sign-in: what belongs to an older one is dropped. */
interface Round {
  readonly userId: string;
}

type Outcome = 'next' | 'later';

export class Outbox {
  /** What the server does not have yet, in the order it was written. */
  readonly queue$: Observable<readonly Queued[]>;
  readonly #queue = new Store<readonly Queued[]>([]);
  readonly #listeners = new Set<OutboxListener>();
  #round: Round | undefined;
  /** Conversations in which something is being sent. */
  readonly #busy = new Set<string>();
  /** Keys that the storage has for sure: when they are not there any more, another tab took them away. */
  readonly #kept = new Set<string>();
  /** Keys that are done with here; the storage may still have them. */
  readonly #gone = new Set<string>();
  /** The storage is used in one order. */
  #storing: Promise<unknown> = Promise.resolve();
  /** Files that were sent from here, and not long ago. */
  readonly #uploaded = new Set<string>();
  /** The storage does not answer: nobody waits for it any more. */
  #stuck = false;
  #stopListening: (() => void) | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;

  /** `storage`: undefined keeps messages as long as the page lives. It is asked for when it is needed. */
  constructor(
    private readonly api: ChatApi,
    private readonly storage: () => OutboxStorage | undefined,
    private readonly log: Logger,
  ) {
    this.queue$ = this.#queue;
  }

  get queue(): readonly Queued[] {
    return this.#queue.get();
  }

  /** @internal Somebody is signed in: what was left from last time goes now. */
  start(userId: string): void {
    const round = (this.#round = { userId });
    this.#stopListening = this.storage()?.onChange?.(() => {
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => void this.#compare(round).then(() => this.#round === round && this.#tryLater()), SETTLE_MS);
    });
    void this.#compare(round).then(() => this.#round === round && this.retryAll());
  }

  /** @internal Nobody is signed in any more. What the storage has stays there. */
  stop(): void {
    this.#round = undefined;
    this.#stopListening?.();
    this.#stopListening = undefined;
    clearTimeout(this.#settling);
    clearTimeout(this.#timer);
    for (const set of [this.#busy, this.#kept, this.#gone, this.#uploaded]) set.clear();
    this.#tries = 0;
    this.#queue.set([]);
  }

  /** Forgets what the storage has of these users; resolves also when that fails. */
  async forget(whose: (userId: string) => boolean): Promise<void> {
    await within(this.#store((storage) => storage.clear(whose)), STORAGE_MS);
  }

  /** Calls back for what became of messages. Returns the way to stop. */
  listen(listener: OutboxListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Sends it when its turn comes. Resolves once the storage has it, or cannot keep it. Nothing is done when nobody is signed in
   * (with false), or when it is there already.
   */
  async add(message: UnsentMessage): Promise<boolean> {
    if (!this.#round) return false;
    if (this.queue.some((queued) => queued.message.key === message.key)) return true;
    this.#set([...this.queue, { message, delivery: 'sending', error: undefined }]);
    const kept = this.#keep(message);
    this.#send(message.conversationId);
    await kept;
    return true;
  }

  /** Sends one again: a refused one goes behind the others; one that waits takes with it whatever waits. */
  retry(key: string): void {
    const queued = this.queue.find(({ message }) => message.key === key);
    if (!queued || queued.delivery === 'sending') return;
    if (queued.delivery === 'waiting') return this.retryAll();
    const message = { ...queued.message, at: this.nextAt(), refused: undefined };
    this.#set([...this.queue.filter((other) => other !== queued), { message, delivery: 'sending', error: undefined }]);
    void this.#keep(message);
    this.#send(message.conversationId);
  }

  /** It is not to be sent. One that is being sent may arrive all the same. */
  discard(key: string): void {
    this.#drop(key);
  }

  /** @internal Who is out of a group cannot write there any more. */
  discardAll(conversationId: string): void {
    for (const { message } of this.queue) if (message.conversationId === conversationId) this.#drop(message.key);
  }

  /** Tries everything that waits. */
  retryAll(): void {
    this.#tries++;
    const waiting = this.queue.filter(({ delivery }) => delivery !== 'failed');
    for (const id of new Set(waiting.map(({ message }) => message.conversationId))) this.#send(id);
  }

  /** @internal The server has it: its answer may be lost, or another tab sent it. */
  arrived(message: MessageObject): void {
    if (this.queue.some((queued) => queued.message.key === message.client_id)) this.#done(message.client_id, message);
  }

  /** A time for a new message, behind all others of this tab. */
  nextAt(): number {
    return Math.max(Date.now(), ...this.queue.map(({ message }) => message.at + 1));
  }

  #send(id: string): void {
    const round = this.#round;
    if (!round || this.#busy.has(id)) return; // it looks for more before it ends
    this.#busy.add(id);
    const work = () => this.#sendAll(id, round);
    const storage = this.storage();
    const done = storage?.exclusive ? storage.exclusive(`${round.userId} ${id}`, work) : work();
    done.catch((error: unknown) => {
      this.log.warn('Sending what waits failed:', String(error));
      if (this.#round === round) this.#later(id);
    });
  }

  async #sendAll(id: string, round: Round): Promise<void> {
    await this.#compare(round); // another tab may have sent some by now
    while (this.#round === round) {
      const next = this.queue.find(({ message, delivery }) => message.conversationId === id && delivery !== 'failed');
      if (!next) {
        this.#busy.delete(id);
        return;
      }
      if (next.delivery === 'waiting') this.#change(next.message.key, { delivery: 'sending' });
      if ((await this.#attempt(next.message, round)) === 'later') {
        if (this.#round === round) this.#later(id);
        return;
      }
      this.#tries = 0;
    }
  }

  async #attempt(message: UnsentMessage, round: Round): Promise<Outcome> {
    const { key, conversationId, text, quoted } = message;
    try {
      const attachments = [];
      for (const file of message.files) attachments.push(file.attachment ?? (await this.#upload(message, file, round)));
      const stored = await this.api.send(conversationId, text, key, { quoted: quoted?.id, private: message.private, attachments });
      if (this.#round === round) this.#done(key, stored);
    } catch (cause) {
      const error = toConfabError(cause, 'The message could not be sent');
      if (this.#round !== round) return 'next';
      if (LATER.includes(error.statusCode)) return 'later';
      const again = error.statusCode === 404 && this.#withoutOldFiles(key);
      if (again) this.#replace(again);
      else this.#refuse(key, error);
    }
    return 'next';
  }

  /** It is remembered at once: a file that is there need not go twice. */
  async #upload(message: UnsentMessage, file: UnsentFile, round: Round): Promise<NonNullable<UnsentFile['attachment']>> {
    if (!file.file) throw new ConfabError(`${file.name} is gone.`, { code: ErrorCode.notFound, statusCode: 404, unrecoverable: true });
    const attachment = await this.api.attach(message.conversationId, file.file, file.name, file.voice);
    this.#uploaded.add(attachment.id);
    const now = this.queue.find((queued) => queued.message.key === message.key)?.message;
    if (now && this.#round === round) {
      const index = message.files.indexOf(file);
      this.#replace({ ...now, files: now.files.map((other, i) => (i === index ? { ...other, attachment } : other)) });
    }
    return attachment;
  }

  /** The server drops files that no message came for in a day; those that are still here can go again. */
  #withoutOldFiles(key: string): UnsentMessage | undefined {
    const message = this.queue.find((queued) => queued.message.key === key)?.message;
    const isOld = ({ file, attachment }: UnsentFile) => file !== undefined && attachment !== undefined && !this.#uploaded.has(attachment.id);
    if (!message?.files.some(isOld)) return undefined;
    return { ...message, files: message.files.map((file) => (isOld(file) ? { ...file, attachment: undefined } : file)) };
  }

  #done(key: string, stored: MessageObject): void {
    for (const listener of [...this.#listeners]) listener.sent?.(stored);
    this.#drop(key);
  }

  #refuse(key: string, error: ConfabError): void {
    const message = this.queue.find((queued) => queued.message.key === key)?.message;
    if (!message) return; // discarded meanwhile
    const refused = { message: error.message, code: error.code, statusCode: error.statusCode };
    this.#change(key, { message: { ...message, refused }, delivery: 'failed', error });
    void this.#keep({ ...message, refused });
    for (const listener of [...this.#listeners]) listener.refused?.(message, error);
  }

  /** What is left of a conversation waits, and is tried again after a pause. */
  #later(id: string): void {
    this.#busy.delete(id);
    this.#set(this.queue.map((queued) => (queued.message.conversationId === id && queued.delivery === 'sending' ? { ...queued, delivery: 'waiting' } : queued)));
    this.#tryLater();
  }

  #tryLater(): void {
    clearTimeout(this.#timer);
    if (!this.queue.some(({ delivery }) => delivery === 'waiting')) return;
    this.#timer = setTimeout(() => this.retryAll(), Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** this.#tries));
  }

  /** Takes over what other tabs, or an earlier page, left in the storage; drops what they took away. */
  async #compare(round: Round): Promise<void> {
    if (this.#stuck || !this.storage()) return;
    const listed = this.#store((storage) => storage.list(round.userId));
    const stored = await within(listed, STORAGE_MS, () => (this.#stuck = true));
    if (!stored || this.#round !== round) return;
    const there = new Set(stored.map(({ key }) => key));
    const here = this.queue.filter(({ message: { key } }) => there.has(key) || !this.#kept.has(key));
    const known = new Set(here.map(({ message }) => message.key));
    const found = stored.filter(({ key }) => !known.has(key) && !this.#gone.has(key));
    for (const { key } of found) this.#kept.add(key);
    if (found.length > 0 || here.length < this.queue.length) this.#set([...here, ...found.map(queuedFrom)]);
  }

  async #keep(message: UnsentMessage): Promise<void> {
    const round = this.#round;
    if (!round || !this.storage()) return;
    const kept = this.#store(async (storage) => {
      await storage.put(round.userId, message);
      if (this.#round === round) this.#kept.add(message.key);
    });
    await within(kept, STORAGE_MS);
  }

  #drop(key: string): void {
    const round = this.#round;
    if (!round) return;
    this.#gone.add(key);
    this.#kept.delete(key); // when it is added again, nobody has taken it away
    this.#set(this.queue.filter(({ message }) => message.key !== key));
    void this.#store((storage) => storage.remove(round.userId, key));
  }

  /** Undefined: there is no storage, or it failed; then messages live as long as the page. */
  #store<T>(use: (storage: OutboxStorage) => Promise<T>): Promise<T | undefined> {
    const storage = this.storage();
    const done = this.#storing.then(() => (storage ? use(storage) : undefined)).catch((error: unknown) => {
      this.log.warn('Unsent messages cannot be kept over a reload:', String(error));
      return undefined;
    });
    this.#storing = done;
    return done;
  }

  #replace(message: UnsentMessage): void {
    this.#change(message.key, { message });
    void this.#keep(message);
  }

  #change(key: string, change: Partial<Queued>): void {
    this.#set(this.queue.map((queued) => (queued.message.key === key ? { ...queued, ...change } : queued)));
  }

  #set(queue: readonly Queued[]): void {
    this.#queue.set([...queue].sort((a, b) => a.message.at - b.message.at));
  }
}

function queuedFrom(message: UnsentMessage): Queued {
  const { refused } = message;
  return refused
    ? { message, delivery: 'failed', error: new ConfabError(refused.message, { code: refused.code, statusCode: refused.statusCode }) }
    : { message, delivery: 'waiting', error: undefined };
}

/** Undefined when it takes longer. */
function within<T>(work: Promise<T>, ms: number, onLate?: () => void): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      onLate?.();
      resolve(undefined);
    }, ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
