// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import { useOffline } from '../hooks/useOffline.ts';
import { Spinner } from '../ui/Spinner.tsx';

/** A loss this short is not worth a word. */
const GRACE_MS = 1500;

/** Why nothing comes, and that what is written is not lost. */
export function ConnectionBanner() {
  const t = useMessages();
  const lost = useObservable(useVideoClient().state.connectionState$) === 'reconnecting';
  const [shown, setShown] = useState(false);
  const offline = useOffline();
  useEffect(() => {
    if (!lost) return setShown(false);
    const timer = setTimeout(() => setShown(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  return (
    <div className="cf-banner-place" aria-live="polite">
      {offline && <p className="cf-banner">{t.offline}</p>}
      {shown && !offline && (
        <p className="cf-banner">
          <Spinner label={t.loading} /> {t.reconnecting}
        </p>
      )}
    </div>
  );
}
