// SPDX-License-Identifier: Apache-2.0
import type { Observable } from '@confab/client';
import { useSyncExternalStore } from 'react';

/** The value now, and a new render when it changes. */
export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.onChange, observable.get, observable.get);
}
