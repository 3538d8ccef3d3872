// SPDX-License-Identifier: Apache-2.0
import { directionOf, type Language } from '@confab/react/ui';
import { useEffect, useLayoutEffect, useState, type ReactNode } from 'react';
import { dressHead } from './install/names.ts';
import { preferredLanguage, usePreferences, type Theme } from './preferences.ts';
import { useWords, WordsContext, type Words } from './texts/index.ts';

interface AppearanceProps {
  first: Words;
  /** For the languages that are chosen later. */
  load: (language: Language) => Promise<Words>;
  children: ReactNode;
}

/** The texts in the language that the person chose, for everything below it. */
export function Appearance({ first, load, children }: AppearanceProps) {
  const { language: chosen } = usePreferences();
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

  return <WordsContext.Provider value={words}>{children}</WordsContext.Provider>;
}

/**
 * The document has the language, the direction and the colours of what it shows. Two programs draw into it, each with
 * texts of its own that come when they come: the one whose texts are on screen says so, and before they are painted.
 */
export function useDressedDocument(drawing = true): void {
  const words = useWords();
  const { theme } = usePreferences();
  useLayoutEffect(() => {
    if (drawing) dressDocument(words, theme);
  }, [drawing, words, theme]);
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
