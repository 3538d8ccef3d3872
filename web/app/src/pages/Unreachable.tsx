// SPDX-License-Identifier: Apache-2.0
import { EmptyState } from '@confab/react/ui';
import { useTexts } from '../texts/index.ts';

export function Unreachable({ hint, onRetry }: { hint: string; onRetry: () => void }) {
  const texts = useTexts();
  return (
    <main className="app-center">
      <EmptyState page icon="alert" title={texts.connectFailed} hint={hint}>
        <button type="button" className="cf-button" onClick={onRetry}>
          {texts.retryNow}
        </button>
      </EmptyState>
    </main>
  );
}
