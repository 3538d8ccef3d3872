// SPDX-License-Identifier: Apache-2.0
/** Answers of HTTP and events of the socket come by two ways: what was heard while a question was on its way may be newer than its answer. */
export class Heard<Event> {
  readonly #listening = new Set<Event[]>();

  /** Every event, after it was applied. */
  hear(event: Event): void {
    for (const events of this.#listening) events.push(event);
  }

  /** The answer, and what was heard since it was asked for. Rejects as `asked` does. */
  async during<T>(asked: Promise<T>): Promise<[answer: T, heard: readonly Event[]]> {
    const events: Event[] = [];
    this.#listening.add(events);
    try {
      return [await asked, events];
    } finally {
      this.#listening.delete(events);
    }
  }
}
