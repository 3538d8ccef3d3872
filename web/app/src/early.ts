// SPDX-License-Identifier: Apache-2.0
/**
 * Runs before the first paint, as a small classic script: the colours a person chose must not come after others. The rest
 * of what they chose is `dressDocument`'s.
 */
try {
  const { theme } = Object(JSON.parse(localStorage.getItem('confab.preferences') ?? '{}')) as { theme?: unknown };
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
} catch {
  // nothing is kept, or not by us: the system's colours
}
