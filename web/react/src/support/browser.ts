// SPDX-License-Identifier: Apache-2.0
/** What a browser says it is, in two words. Anybody may say anything: good for a hint, for nothing else. */

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\b(?:Chrome|Chromium|HeadlessChrome|CriOS)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad|iPod/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** "Firefox 128, Linux"; what is not known is left out, and nothing known gives the text itself. */
export function browserOf(agent: string): string {
  const browser = BROWSERS.map(([pattern, name]) => [pattern.exec(agent), name] as const).find(([match]) => match);
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1];
  const known = [browser && `${browser[1]} ${browser[0]?.[1] ?? ''}`, system].filter(Boolean);
  return known.length > 0 ? known.join(', ') : agent.slice(0, 80);
}
