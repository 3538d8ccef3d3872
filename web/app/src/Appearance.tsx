// SPDX-License-Identifier: Apache-2.0
import { directionOf, type Language } from '@confab/react/ui';
import { useEffect, useState, type ReactNode } from 'react';
import { dressHead } from './install/names.ts';
import { preferredLanguage, usePreferences, type Theme } from './preferences.ts';
import { WordsContext, type Words } from './texts/index.ts';

interface AppearanceProps {
  first: Words;
  /** For the languages that are chosen later. */
  load: (language: Language) => Promise<Words>;
  children: ReactNode;
}

/** The language and the colours that the person chose, for everything below it and for the document itself. */
export function Appearance({ first, load, children }: AppearanceProps) {
  const { language: chosen, theme } = usePreferences();
  const [words, setWords] = useState(first);
  const language = preferredLanguage(chosen);

  useEffect(() => {
    let current = true;
    if (language !== words.language) {
      // when it cannot be loaded (offline), the language stays what it is
      load(language).then((next) => current && setWords(next), () => {});
    }
    return () => {
      current = false;
    };
  }, [language, load, words.language]);
  useEffect(() => dressDocument(words, theme), [words, theme]);

  return <WordsContext.Provider value={words}>{children}</WordsContext.Provider>;
}

/** Before the first paint, too: nothing flashes. */
export function dressDocument({ language, texts }: Words, theme: Theme): void {
  const root = document.documentElement;
  root.lang = language;
  root.dir = directionOf(language);
  if (theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
  dressHead(language, theme);
  document.querySelector('meta[name="description"]')?.setAttribute('content', texts.description);
}
