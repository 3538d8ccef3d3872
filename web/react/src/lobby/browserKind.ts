// SPDX-License-Identifier: Apache-2.0
/** Browsers as far as their questions about cameras differ. */
export type BrowserKind = 'chrome' | 'firefox' | 'safari' | 'ios' | 'android';

/** iPads call themselves Macs: what is touched is no Mac. */
export function browserKind(agent: string = navigator.userAgent, touchPoints: number = navigator.maxTouchPoints): BrowserKind | undefined {
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touchPoints > 1)) return 'ios';
  if (/Android/.test(agent)) return 'android';
  if (/Firefox\//.test(agent)) return 'firefox';
  if (/Chrom(e|ium)\//.test(agent)) return 'chrome';
  return /Safari\//.test(agent) ? 'safari' : undefined;
}
