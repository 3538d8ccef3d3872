// SPDX-License-Identifier: Apache-2.0
/** Which manifest a page names, and the colours around an installed app. */
import type { Language } from '@confab/react';
import type { Theme } from '../preferences.ts';

export type Shade = 'light' | 'dark';

/** --cf-surface: the bar at the top of each page. */
export const BAR: Record<Shade, string> = { light: '#ffffff', dark: '#16191f' };
/** --cf-bg: what one sees until the page is there. */
export const GROUND: Record<Shade, string> = { light: '#f4f5f7', dark: '#0f1115' };

/** /manifest.webmanifest is English and light. */
export function manifestName(language: Language, shade: Shade): string {
  return ['manifest', language !== 'en' && language, shade === 'dark' && 'dark', 'webmanifest'].filter(Boolean).join('.');
}

/** The page's own head, in the language and the colours that were chosen. */
export function dressHead(language: Language, theme: Theme): void {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const shade = theme === 'system' ? (dark ? 'dark' : 'light') : theme;
  const link = document.querySelector('link[rel="manifest"]');
  const href = `/${manifestName(language, shade)}`;
  if (link?.getAttribute('href') !== href) link?.setAttribute('href', href);
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
    const own = meta.getAttribute('media')?.includes('dark') ? 'dark' : 'light';
    meta.setAttribute('content', BAR[theme === 'system' ? own : theme]);
  }
}
