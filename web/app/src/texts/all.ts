// SPDX-License-Identifier: Apache-2.0
import { loadMessages, type Language } from '@confab/react/ui';
import { loadWords, type Words } from './index.ts';

/** The pages' texts and those of the components. */
export async function loadAllWords(language: Language): Promise<Words> {
  const [words, messages] = await Promise.all([loadWords(language), loadMessages(language, navigator.languages)]);
  return { ...words, messages };
}
