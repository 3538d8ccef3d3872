// SPDX-License-Identifier: Apache-2.0
import { Spinner } from '@confab/react';
import { texts } from '../texts.ts';

export function Loading() {
  return (
    <main className="app-center">
      <Spinner label={texts.loading} />
    </main>
  );
}
