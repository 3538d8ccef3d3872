// SPDX-License-Identifier: Apache-2.0
import { Spinner } from '@confab/react';
import { useTexts } from '../texts/index.ts';

export function Loading() {
  const texts = useTexts();
  return (
    <main className="app-center">
      <Spinner label={texts.loading} />
    </main>
  );
}
