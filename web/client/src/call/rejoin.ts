// SPDX-License-Identifier: Apache-2.0
/** The loop that brings a lost call back. Waits without trying while the system says there is no network. */
import type { Network } from '../network.ts';
import { backoffDelay, type Backoff } from '../socket.ts';

export interface RejoinOptions {
  network: Network;
  backoff: Backoff;
  /** Gives up after this long; 0: never. */
  timeoutMs: number;
  onOffline(): void;
  onTrying(): void;
  attempt(): Promise<'done' | 'again' | 'stop'>;
  /** Called once, unless stopped. */
  onEnd(done: boolean): void;
}

export class Rejoin {
  #stopped = false;
  #wake: () => void = () => {};
  #unlisten: () => void = () => {};

  constructor(private readonly options: RejoinOptions) {}

  start(): void {
    this.#unlisten = this.options.network.onChange(() => this.#wake());
    void this.#run();
  }

  /** Does not wait out the time between two attempts. */
  hurry(): void {
    this.#wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#unlisten();
    this.#wake();
  }

  async #run(): Promise<void> {
    const { network, timeoutMs, backoff } = this.options;
    const deadline = timeoutMs > 0 ? Date.now() + timeoutMs : Infinity;
    let attempt = 0;
    while (!this.#stopped && Date.now() < deadline) {
      if (!network.online()) {
        this.options.onOffline();
        await this.#sleep(Math.min(60_000, deadline - Date.now()));
        continue;
      }
      this.options.onTrying();
      const result = await this.options.attempt();
      if (this.#stopped) return;
      if (result === 'done') return this.#end(true);
      if (result === 'stop') return this.#end(false);
      await this.#sleep(Math.min(backoffDelay(attempt++, backoff), deadline - Date.now()));
    }
    if (!this.#stopped) this.#end(false);
  }

  #end(done: boolean): void {
    this.stop();
    this.options.onEnd(done);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, ms));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
