/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { duration } from '@confab/react/plain';
import { useEffect, useState } from 'preact/hooks';
import { useCallTexts } from './texts.ts';

export function Timer({ since }: { since: number }) {
  const { t } = useCallTexts();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span class="call-timer" role="timer" aria-label={t.callDuration}>
      {duration(now - since, t)}
    </span>
  );
}
