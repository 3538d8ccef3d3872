// SPDX-License-Identifier: Apache-2.0
/** What a person has chosen on this device: kept in the browser, the same in every tab. */
import { chooseLanguage, isLanguage, type Language } from '@confab/react/ui';
import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export interface Preferences {
  /** undefined: the browser's. */
  readonly language: Language | undefined;
  readonly theme: Theme;
  /** Ring tones. */
  readonly sounds: boolean;
  /** A short sound for a message that nobody looks at. */
  readonly messageSound: boolean;
  /** System notifications; the browser asks for its own permission besides. */
  readonly notifications: boolean;
  /** Shortcuts of a single key, which screen readers and speech input may want for themselves (WCAG 2.1.4). */
  readonly shortcuts: boolean;
}

const KEY = 'confab.preferences';
const DEFAULTS: Preferences = { language: undefined, theme: 'system', sounds: true, messageSound: true, notifications: true, shortcuts: true };

/** What is kept may be older than this program, or made by hand: whatever does not fit is as if it were not there. */
export function parsePreferences(kept: string | null): Preferences {
  let value: Partial<Record<keyof Preferences, unknown>>;
  try {
    value = Object(JSON.parse(kept ?? '{}')) as typeof value;
  } catch {
    return DEFAULTS;
  }
  const flag = (key: 'sounds' | 'messageSound' | 'notifications' | 'shortcuts') => (typeof value[key] === 'boolean' ? value[key] : DEFAULTS[key]);
  return {
    language: isLanguage(value.language) ? value.language : undefined,
    theme: THEMES.find((theme) => theme === value.theme) ?? DEFAULTS.theme,
    sounds: flag('sounds'),
    messageSound: flag('messageSound'),
    notifications: flag('notifications'),
    shortcuts: flag('shortcuts'),
  };
}

function read(): Preferences {
  try {
    return parsePreferences(localStorage.getItem(KEY));
  } catch {
    return DEFAULTS; // storage is forbidden here
  }
}

let current: Preferences | undefined;
let listening = 0;

export function preferences(): Preferences {
  return (current ??= read());
}

export function prefer(change: Partial<Preferences>): void {
  current = { ...preferences(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // holds until the page is closed
  }
  window.dispatchEvent(new CustomEvent(KEY, { detail: current })); // the programs before and after sign-in have a copy each
}

function onPreferences(listener: () => void): () => void {
  const elsewhere = (event: StorageEvent) => {
    if (event.key !== KEY) return;
    current = read();
    listener();
  };
  const here = (event: Event) => {
    current = (event as CustomEvent<Preferences>).detail;
    listener();
  };
  listening++;
  window.addEventListener(KEY, here);
  window.addEventListener('storage', elsewhere);
  return () => {
    if (--listening === 0) current = undefined; // whoever asks next reads what was chosen meanwhile
    window.removeEventListener(KEY, here);
    window.removeEventListener('storage', elsewhere);
  };
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(onPreferences, preferences);
}

export const preferredLanguage = (chosen: Language | undefined): Language => chosen ?? chooseLanguage(navigator.languages);
