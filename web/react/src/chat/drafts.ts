// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';

/** What somebody has begun to write. */
export interface Draft {
  text: string;
  /** It was going to be a note of the team: it must not come back as a message to the customer. */
  note: boolean;
}

const KEY = 'confab-drafts';
export const NO_DRAFT: Draft = { text: '', note: false };

/**
 * One person's drafts, by conversation. They live as long as the tab does, also when it is loaded anew; signing out
 * forgets them (`forgetDrafts`), and nobody else who signs in there sees them.
 */
export class Drafts {
  readonly #drafts: Map<string, Draft>;

  constructor(private readonly userId: string) {
    this.#drafts = new Map(stored(userId));
  }

  get(conversationId: string): Draft {
    return this.#drafts.get(conversationId) ?? NO_DRAFT;
  }

  set(conversationId: string, draft: Draft): void {
    if (draft.text === '') this.#drafts.delete(conversationId);
    else this.#drafts.set(conversationId, draft);
    this.#store();
  }

  delete(conversationId: string): void {
    this.#drafts.delete(conversationId);
    this.#store();
  }

  /** What was begun in a conversation that is part of another one now; what was begun there already stays. */
  move(from: string, to: string): void {
    const draft = this.get(from);
    if (draft.text !== '' && this.get(to).text === '') this.#drafts.set(to, draft);
    this.delete(from);
  }

  #store(): void {
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ userId: this.userId, drafts: [...this.#drafts] }));
    } catch {
      // no storage, or it is full: they live as long as the page then
    }
  }
}

function stored(userId: string): [string, Draft][] {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY) ?? '{}') as { userId?: string; drafts?: [string, Draft][] };
    return found.userId === userId ? (found.drafts ?? []) : [];
  } catch {
    return [];
  }
}

export function forgetDrafts(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // no storage: nothing was kept
  }
}

export const useDrafts = (userId: string): Drafts => useState(() => new Drafts(userId))[0];
