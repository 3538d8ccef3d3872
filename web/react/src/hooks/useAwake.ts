// SPDX-License-Identifier: Apache-2.0
import { keepAwake } from '@confab/client';
import { useEffect } from 'react';

/** The screen stays on while `wanted`. */
export function useAwake(wanted: boolean): void {
  useEffect(() => (wanted ? keepAwake() : undefined), [wanted]);
}
