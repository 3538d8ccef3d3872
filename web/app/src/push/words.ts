// SPDX-License-Identifier: Apache-2.0
import { push as ar } from '../texts/push/ar.ts';
import { push as de } from '../texts/push/de.ts';
import { push as en, type PushTexts } from '../texts/push/en.ts';

const TEXTS: Record<string, PushTexts> = { en, de, ar };

/** The texts of the language that the device was subscribed with; else of the first that the browser speaks. */
export function pushWords(wanted: string | undefined, browser: readonly string[]): { language: string; texts: PushTexts } {
  for (const tag of wanted ? [wanted, ...browser] : browser) {
    const language = tag.toLowerCase().split('-')[0] ?? '';
    const texts = TEXTS[language];
    if (texts) return { language, texts };
  }
  return { language: 'en', texts: en };
}
