// SPDX-License-Identifier: Apache-2.0
/** The web app manifests (W3C Application Manifest), one for each language and theme. Pure: the build writes what it says. */
import { directionOf, type Language } from '@confab/react/plain';
import { ar } from '../texts/ar.ts';
import { de } from '../texts/de.ts';
import { en, type Texts } from '../texts/en.ts';
import { BAR, GROUND, manifestName, type Shade } from './names.ts';

const TEXTS: Record<Language, Texts> = { en, de, ar };
const SHADES: readonly Shade[] = ['light', 'dark'];

/** By file name. */
export function manifests(): Record<string, object> {
  const all: Record<string, object> = {};
  for (const language of Object.keys(TEXTS) as Language[]) {
    for (const shade of SHADES) all[manifestName(language, shade)] = manifest(language, shade);
  }
  return all;
}

function manifest(language: Language, shade: Shade): object {
  const texts = TEXTS[language];
  const png = (size: number, purpose: string, name = `icon-${size}`) => ({ src: `/icons/${name}.png`, sizes: `${size}x${size}`, type: 'image/png', purpose });
  return {
    id: '/', // the same app in each language
    name: texts.product,
    short_name: texts.product,
    description: texts.description,
    lang: language,
    dir: directionOf(language),
    start_url: '/',
    scope: '/',
    display: 'standalone',
    theme_color: BAR[shade],
    background_color: GROUND[shade],
    icons: [
      png(192, 'any'),
      png(512, 'any'),
      png(512, 'maskable', 'maskable-512'),
      { src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    ],
    shortcuts: [{ name: texts.settings, url: '/#/settings' }],
  };
}
