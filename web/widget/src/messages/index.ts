// SPDX-License-Identifier: Apache-2.0
/** Which language: the page's wish, else the page's own, else the browser's. All but English are chunks of their own. */
import { en, type Messages } from './en.ts';

export type { Messages } from './en.ts';

const OTHERS: Record<string, () => Promise<Messages>> = {
  de: async () => (await import('./de.ts')).de,
  ar: async () => (await import('./ar.ts')).ar,
};

/** The first of the wishes that there is a catalogue for: "de-AT" is German, with Austria's dates. Never rejects. */
export async function loadMessages(wishes: readonly (string | undefined)[]): Promise<Messages> {
  for (const wish of wishes) {
    const tag = canonical(wish);
    const language = tag?.split('-')[0] ?? '';
    if (language === 'en') return { ...en, locale: tag };
    const load = OTHERS[language];
    if (load) return load().then((messages) => ({ ...messages, locale: tag }), () => en);
  }
  return en;
}

/** Undefined for what is no language tag: dates could not be written in it. */
function canonical(wish: string | undefined): string | undefined {
  try {
    return wish ? Intl.getCanonicalLocales(wish)[0] : undefined;
  } catch {
    return undefined;
  }
}
