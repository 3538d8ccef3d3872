// SPDX-License-Identifier: Apache-2.0
import { ErrorCode, type ConfabError } from '@confab/client';
import { useMessages } from '../context.tsx';
import type { Messages } from '../messages/en.ts';
import { Icon } from '../ui/Icon.tsx';

interface CallFailedProps {
  /** It was there and went away, rather than never came about. */
  lost: boolean;
  error: ConfabError | undefined;
  onRetry: () => void;
  onClose: () => void;
}

export function CallFailed({ lost, error, onRetry, onClose }: CallFailedProps) {
  const t = useMessages();
  return (
    <div className="cf-waiting" role="alert">
      <span className="cf-waiting__icon">
        <Icon name="alert" size={32} />
      </span>
      <p className="cf-waiting__title">{lost ? t.callLost : t.callFailed}</p>
      {error && <p className="cf-waiting__hint">{hint(error, t)}</p>}
      <div className="cf-waiting__buttons">
        {!error?.unrecoverable && (
          <button type="button" className="cf-button" onClick={onRetry}>
            {t.retry}
          </button>
        )}
        <button type="button" className="cf-button cf-button--quiet" onClick={onClose}>
          {t.close}
        </button>
      </div>
    </div>
  );
}

function hint(error: ConfabError, t: Messages): string {
  if (error.code === ErrorCode.serverFull) return t.serverFull;
  return error.statusCode === 0 && !navigator.onLine ? t.loadFailedHint : error.message;
}
