// SPDX-License-Identifier: Apache-2.0
/** What a customer does for the team. All of the support that the widget has (build.mjs). */
import type { SupportObject } from '../contract.ts';
import type { Rest } from '../rest.ts';

/** Where a customer is. The server shows it to the team and does not believe it. */
export interface Whereabouts {
  page?: string;
  title?: string;
  language?: string;
  timeZone?: string;
}

export class CustomerApi {
  constructor(private readonly context: { ready(): Promise<void>; rest: Rest }) {}

  /** For customers: answers the question of `support.question`, once; 0 skips it. */
  async rate(conversationId: string, question: number, rating: number, comment = ''): Promise<SupportObject> {
    const body = { question, rating, comment };
    return (await this.ask((rest) => rest.post<{ support: SupportObject }>(`${pathOf(conversationId)}/rating`, body))).support;
  }

  /** For customers: where they are. */
  async seen({ page, title, language, timeZone }: Whereabouts): Promise<void> {
    const cut = (text: string | undefined, max: number) => (text !== undefined && text.length <= max ? text : undefined);
    const body = { page: cut(page, 500), title: title?.slice(0, 60), language: cut(language, 64), time_zone: cut(timeZone, 64) };
    await this.ask((rest) => rest.post('/api/v1/seen', body));
  }

  protected async ask<T>(ask: (rest: Rest) => Promise<T>): Promise<T> {
    await this.context.ready();
    return ask(this.context.rest);
  }
}

export const pathOf = (conversationId: string): string => `/api/v1/conversations/${encodeURIComponent(conversationId)}`;
