// SPDX-License-Identifier: Apache-2.0
/** What the person chose last time: which device, and whether it was on. Lives in localStorage, or nowhere. */

export interface DevicePreference {
  enabled?: boolean;
  deviceId?: string;
}

export interface Preferences {
  get(kind: string): DevicePreference;
  set(kind: string, change: DevicePreference): void;
}

/** Remembers nothing. */
export const noPreferences: Preferences = { get: () => ({}), set: () => {} };

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;

/** Kept under `key`; a storage that is full, forbidden or holds nonsense is as good as an empty one. */
export function storedPreferences(key = 'confab.devices', storage: Storage | undefined = browserStorage()): Preferences {
  if (!storage) return noPreferences;
  const read = (): Record<string, unknown> => {
    try {
      const value: unknown = JSON.parse(storage.getItem(key) ?? '{}');
      return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
    } catch {
      return {};
    }
  };
  return {
    get: (kind) => preferenceOf(read()[kind]),
    set(kind, change) {
      const all = read();
      try {
        storage.setItem(key, JSON.stringify({ ...all, [kind]: { ...preferenceOf(all[kind]), ...change } }));
      } catch {
        // the next visit starts with the defaults
      }
    },
  };
}

function preferenceOf(value: unknown): DevicePreference {
  if (typeof value !== 'object' || value === null) return {};
  const { enabled, deviceId } = value as Record<string, unknown>;
  return {
    ...(typeof enabled === 'boolean' ? { enabled } : {}),
    ...(typeof deviceId === 'string' && deviceId !== '' ? { deviceId } : {}),
  };
}

function browserStorage(): Storage | undefined {
  try {
    return typeof window === 'undefined' ? undefined : window.localStorage;
  } catch {
    return undefined; // a frame without the right to it
  }
}
