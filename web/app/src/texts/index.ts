// SPDX-License-Identifier: Apache-2.0
/** The pages' texts in the person's language, for every component: `const texts = useTexts()`. */
import { loadMessages, type Language, type Messages } from '@confab/react/ui';
import { createContext, use } from 'react';
import { en, type Texts } from './en.ts';

export type { Texts } from './en.ts';

/** What a language brings: the pages' texts and those of @confab/react. */
export interface Words {
  language: Language;
  texts: Texts;
  messages: Messages;
}

const LOADERS: Record<Language, () => Promise<Texts>> = {
  en: () => Promise.resolve(en),
  de: async () => (await import('./de.ts')).de,
  ar: async () => (await import('./ar.ts')).ar,
};

export async function loadWords(language: Language): Promise<Words> {
  const [texts, messages] = await Promise.all([LOADERS[language](), loadMessages(language, navigator.languages)]);
  return { language, texts, messages };
}

export const WordsContext = createContext<Words | undefined>(undefined);

export function useWords(): Words {
  const words = use(WordsContext);
  if (!words) throw new Error('Wrap the component in <WordsContext value={…}>.');
  return words;
}

export const useTexts = (): Texts => useWords().texts;
