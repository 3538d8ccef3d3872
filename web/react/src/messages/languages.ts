// SPDX-License-Identifier: Apache-2.0
/** The languages there are: which one fits a person, and its texts, which load when they are needed. */
import { en, type Messages } from './en.ts';

export const LANGUAGES = ['en', 'de', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each in itself: whoever looks for theirs can read it. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', de: 'Deutsch', ar: 'العربية' };

export const isLanguage = (value: unknown): value is Language => LANGUAGES.some((language) => language === value);

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr');

/** The first of the wanted languages (`navigator.languages`) that is there; English when none is. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0];
    if (isLanguage(language)) return language;
  }
  return 'en';
}

/** The language as the person's own region writes it, for dates and numbers: de-AT for somebody from Austria. */
export function localeOf(language: Language, wanted: readonly string[]): string {
  return wanted.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language;
}

const LOADERS: Record<Language, () => Promise<Messages>> = {
  en: () => Promise.resolve(en),
  de: async () => (await import('./de.ts')).de,
  ar: async () => (await import('./ar.ts')).ar,
};

/** The texts for `ConfabProvider messages`. `wanted` is `navigator.languages`, for the region. */
export async function loadMessages(language: Language, wanted: readonly string[] = []): Promise<Messages> {
  return { ...(await LOADERS[language]()), locale: localeOf(language, wanted) };
}
