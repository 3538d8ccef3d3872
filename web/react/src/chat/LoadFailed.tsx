// SPDX-License-Identifier: Apache-2.0
import { useMessages } from '../context.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';

export function LoadFailed({ onRetry }: { onRetry: () => void }) {
  const t = useMessages();
  return (
    <EmptyState icon="alert" title={t.loadFailed} hint={t.loadFailedHint}>
      <button type="button" className="cf-button" onClick={onRetry}>
        {t.retry}
      </button>
    </EmptyState>
  );
}
