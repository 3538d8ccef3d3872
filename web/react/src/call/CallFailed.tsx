// SPDX-License-Identifier: Apache-2.0
import type { ConfabError } from '@confab/client';
import { useMessages } from '../context.tsx';
import { errorText, isEnglish } from '../errorText.ts';
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

/** What the way of the media says of itself is English. */
const hint = (error: ConfabError, t: Messages): string =>
  error.statusCode === 0 && navigator.onLine && isEnglish(t) ? error.message : errorText(error, t);
