// SPDX-License-Identifier: Apache-2.0
/** Which language: the page's wish, else the page's own, else the browser's. All but English are chunks of their own. */
import { en, type Messages } from './en.ts';

export type { Messages } from './en.ts';

const OTHERS: Record<string, () => Promise<Messages>> = {
  de: async () => (await import('./de.ts')).de,
  ar: async () => (await import('./ar.ts')).ar,
};

/** The first of the wishes that there is a catalogue for: "de-AT" is German. Never rejects. */
export async function loadMessages(wishes: readonly (string | undefined)[]): Promise<Messages> {
  for (const wish of wishes) {
    if (!wish) continue;
    const locale = wish.toLowerCase();
    const language = locale.split('-')[0] ?? '';
    if (language === 'en') return { ...en, locale };
    const load = OTHERS[language];
    if (load) return load().then((messages) => ({ ...messages, locale }), () => en);
  }
  return en;
}
