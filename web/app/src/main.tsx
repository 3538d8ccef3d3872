// SPDX-License-Identifier: Apache-2.0
import '@confab/react/base.css';
import './app.css';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { Appearance, dressDocument } from './Appearance.tsx';
import { preferences, preferredLanguage } from './preferences.ts';
import { loadWords } from './texts/index.ts';

async function start(root: HTMLElement): Promise<void> {
  const { language, theme } = preferences();
  // English is part of the program; another language whose file cannot be fetched must not keep the page away
  const words = await loadWords(preferredLanguage(language)).catch(() => loadWords('en'));
  dressDocument(words, theme);
  createRoot(root).render(
    <Appearance first={words} load={loadWords}>
      <App />
    </Appearance>,
  );
}

const root = document.getElementById('root');
if (root) void start(root);
