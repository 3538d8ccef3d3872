// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import { Spinner } from '../ui/Spinner.tsx';

/** A loss this short is not worth a word. */
const GRACE_MS = 1500;

/** What the system says; it may be online without reaching the server. */
const isOffline = () => navigator.onLine === false;

function listen(changed: () => void): () => void {
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  return () => {
    window.removeEventListener('online', changed);
    window.removeEventListener('offline', changed);
  };
}

/** Why nothing comes, and that what is written is not lost. */
export function ConnectionBanner() {
  const t = useMessages();
  const lost = useObservable(useVideoClient().state.connectionState$) === 'reconnecting';
  const [shown, setShown] = useState(false);
  const offline = useSyncExternalStore(listen, isOffline, () => false);
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
