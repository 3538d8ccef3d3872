// SPDX-License-Identifier: Apache-2.0
/** The pages' texts in the person's language, for every component: `const texts = useTexts()`. */
import type { Language, Messages } from '@confab/react/ui';
import { createContext, useContext } from 'react';
import { en, type Texts } from './en.ts';

export type { Texts } from './en.ts';

/** What a language brings. */
export interface Words {
  language: Language;
  texts: Texts;
  /** Those of @confab/react; the pages before sign-in do without (all.ts). */
  messages?: Messages;
}

const LOADERS: Record<Language, () => Promise<Texts>> = {
  en: () => Promise.resolve(en),
  de: async () => (await import('./de.ts')).de,
  ar: async () => (await import('./ar.ts')).ar,
};

export async function loadWords(language: Language): Promise<Words> {
  return { language, texts: await LOADERS[language]() };
}

export const WordsContext = createContext<Words | undefined>(undefined);

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error('Wrap the component in <Appearance>.');
  return words;
}

export const useTexts = (): Texts => useWords().texts;

export function useMessages(): Messages {
  const { messages } = useWords();
  if (!messages) throw new Error('Wrap the component in <Appearance load={loadAllWords}>.');
  return messages;
}
