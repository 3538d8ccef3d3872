// SPDX-License-Identifier: Apache-2.0
/** Styles and theme. Nothing here is an inline style or script in the sense of a CSP: sheets are adopted, variables set by CSSOM. */
import type { Settings } from '../settings.ts';
import base from './base.css';
import chat from './chat.css';

export function applyLook(host: HTMLElement, root: ShadowRoot, settings: Settings, dir: 'ltr' | 'rtl'): void {
  addStyles(root, `${base}\n${chat}`);
  host.dir = dir;
  host.dataset['side'] = settings.side;
  host.dataset['theme'] = settings.theme;
  if (settings.accent && CSS.supports('color', settings.accent)) {
    host.style.setProperty('--confab-accent', settings.accent);
    host.style.setProperty('--confab-on-accent', readableOn(settings.accent));
  }
}

const added = new WeakMap<ShadowRoot, Set<string>>();

/** Once, however often it is asked for. */
export function addStyles(root: ShadowRoot, text: string): void {
  const there = added.get(root) ?? new Set<string>();
  if (there.has(text)) return;
  added.set(root, there.add(text));
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    const style = document.createElement('style'); // Safari before 16.4; needs style-src 'unsafe-inline' there
    style.textContent = text;
    root.append(style);
  }
}

/** Black or white, whichever is easier to read on the colour (WCAG 2.2, relative luminance). */
function readableOn(colour: string): string {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return '#fff';
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#fff' : '#111';
}
