// SPDX-License-Identifier: Apache-2.0
/** What this person tells the others without writing: what has arrived here, what was read, that they are writing. */
import type { UnreadResponse } from '../contract.ts';
import type { ChatApi } from './api.ts';

/** At most one sign of writing in this time (product: 2 s), and a stop when nothing comes for twice as long. */
const TYPING_EVERY_MS = 2000;
const DELIVERED_AFTER_MS = 300;

export class Attention {
  readonly #read = new Map<string, number>();
  readonly #delivered = new Map<string, number>();
  /** By conversation: what was read there is on its way. */
  readonly #telling = new Map<string, Promise<unknown>>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #typing: { id: string; told: number; timer: ReturnType<typeof setTimeout> } | undefined;

  constructor(private readonly api: ChatApi) {}

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    if (this.#typing) clearTimeout(this.#typing.timer);
    this.#typing = undefined;
  }

  /** Reading is having it, too. What fails is told with the next message, or after the next load. */
  read(id: string, messageId: number): void {
    if (messageId <= (this.#read.get(id) ?? 0)) return;
    this.#read.set(id, messageId);
    this.#delivered.set(id, Math.max(messageId, this.#delivered.get(id) ?? 0));
    this.#telling.set(id, this.api.markRead(id, messageId).catch(() => this.#read.delete(id)));
  }

  /** After what was told before, so that it is not undone by that. */
  async unread(id: string, messageId: number): Promise<UnreadResponse> {
    await this.#telling.get(id);
    const answer = await this.api.markUnread(id, messageId);
    this.#read.delete(id);
    return answer;
  }

  /** It was marked unread elsewhere: reading it is news again. */
  forget(id: string): void {
    this.#read.delete(id);
  }

  /** Several in a row are told once. */
  delivered(id: string, messageId: number): void {
    if (messageId <= (this.#delivered.get(id) ?? 0)) return;
    this.#delivered.set(id, messageId);
    if (this.#timers.has(id)) return;
    const tell = () => {
      this.#timers.delete(id);
      const last = this.#delivered.get(id) ?? 0;
      if (last > (this.#read.get(id) ?? 0)) this.api.markDelivered(id, last).catch(() => this.#delivered.delete(id));
    };
    this.#timers.set(id, setTimeout(tell, DELIVERED_AFTER_MS));
  }

  /** Call it with each key that is pressed. */
  keystroke(id: string): void {
    const now = Date.now();
    const typing = this.#typing?.id === id ? this.#typing : undefined;
    if (this.#typing && !typing) this.pause();
    if (typing) clearTimeout(typing.timer);
    const due = !typing || now - typing.told >= TYPING_EVERY_MS;
    this.#typing = { id, told: due ? now : typing.told, timer: setTimeout(() => this.pause(), 2 * TYPING_EVERY_MS) };
    if (due) this.api.typing(id, true).catch(() => {}); // the next key tells it again
  }

  /** The text was sent, or given up. */
  pause(): void {
    if (!this.#typing) return;
    const { id, timer } = this.#typing;
    clearTimeout(timer);
    this.#typing = undefined;
    this.api.typing(id, false).catch(() => {}); // the others forget by themselves
  }
}
