// SPDX-License-Identifier: Apache-2.0
/** Who is before the widget, as the server knows them: `POST /api/v1/widget/session`. */
import type { ErrorObject, WidgetResponse } from '@confab/client';
import type { Memory } from './memory.ts';
import type { Customer } from './settings.ts';

/** With it the same browser comes back to the same conversation. */
interface Visitor {
  id: string;
  key: string;
}

const TIMEOUT_MS = 20_000;

/** The server said no; trying again changes nothing. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export class Identity {
  /** Another number after `forget`: what was asked before then is not remembered. */
  #era = 0;

  constructor(
    private readonly server: string,
    private readonly memory: Memory,
    public customer: Customer | undefined,
  ) {}

  /** Somebody the server has met: no new account is needed. */
  get known(): boolean {
    return this.customer !== undefined || this.#visitor() !== undefined;
  }

  /** This browser's visitor, also while the page says who it is: then they have signed in since. */
  get visitorId(): string | undefined {
    return this.#visitor()?.id;
  }

  /** A user and a token; with `create` also for somebody new. Rejects with Refused, or with what fetch rejects with. */
  async session(create: boolean): Promise<WidgetResponse | undefined> {
    if (this.customer) return this.#ask({ customer: this.customer });
    const before = this.#visitor();
    if (before) {
      try {
        return await this.#ask({ visitor: before });
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 403) throw error;
        // the server has another secret now, or another database; another tab may have a new key already
        if (this.#visitor()?.key === before.key) this.memory.write('visitor', undefined);
      }
    }
    if (!create) return undefined;
    const era = this.#era;
    const made = await this.#ask({ visitor: {} });
    if (made.key !== undefined && era === this.#era) this.memory.write('visitor', { id: made.user.id, key: made.key });
    return made;
  }

  forget(): void {
    this.#era++;
    this.customer = undefined;
    this.memory.write('visitor', undefined);
  }

  #visitor(): Visitor | undefined {
    const visitor = this.memory.read<Partial<Visitor>>('visitor');
    return typeof visitor?.id === 'string' && typeof visitor.key === 'string' ? (visitor as Visitor) : undefined;
  }

  async #ask(body: object): Promise<WidgetResponse> {
    const answer = await fetch(`${this.server}/api/v1/widget/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'omit',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const reply = (await answer.json()) as WidgetResponse | ErrorObject;
    if (answer.ok) return reply as WidgetResponse;
    const { message } = reply as ErrorObject;
    if (answer.status === 429 || answer.status >= 500) throw new Error(message);
    throw new Refused(message, answer.status);
  }
}
