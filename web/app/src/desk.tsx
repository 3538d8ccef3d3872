// SPDX-License-Identifier: Apache-2.0
/**
 * Everything after sign-in, as a program of its own: built with React, and fetched when somebody is signed in. The pages
 * before it (main.tsx) are built without. What both are told: the address, and what the browser keeps.
 */
import './home.css';
import { StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { Appearance } from './Appearance.tsx';
import { Home, type HomeProps } from './pages/Home.tsx';
import { preferences, preferredLanguage } from './preferences.ts';
import { loadAllWords } from './texts/all.ts';

/** Draws into an element, at once; returns what takes it away again. */
export type Desk = (place: HTMLElement, props: HomeProps) => () => void;

/** In the language that is chosen now. */
export async function openDesk(): Promise<Desk> {
  const words = await loadAllWords(preferredLanguage(preferences().language)).catch(() => loadAllWords('en'));
  return (place, props) => {
    const root = createRoot(place);
    flushSync(() =>
      root.render(
        <StrictMode>
          <Appearance first={words} load={loadAllWords}>
            <Home {...props} />
          </Appearance>
        </StrictMode>,
      ),
    );
    return () => root.unmount();
  };
}
