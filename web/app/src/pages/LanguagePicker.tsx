// SPDX-License-Identifier: Apache-2.0
import { isLanguage, LANGUAGE_NAMES, LANGUAGES } from '@confab/react/ui';
import { useId } from 'react';
import { prefer, preferredLanguage, usePreferences } from '../preferences.ts';
import { useTexts } from '../texts/index.ts';

/** Every language under its own name; what is chosen holds at once and is remembered. */
export function LanguagePicker() {
  const texts = useTexts();
  const language = preferredLanguage(usePreferences().language); // that of the texts follows when they are there
  const id = useId();
  return (
    <div className="app-field">
      <label htmlFor={id}>{texts.language}</label>
      <select id={id} value={language} onChange={(event) => isLanguage(event.target.value) && prefer({ language: event.target.value })}>
        {LANGUAGES.map((tag) => (
          <option key={tag} value={tag} lang={tag}>
            {LANGUAGE_NAMES[tag]}
          </option>
        ))}
      </select>
    </div>
  );
}
