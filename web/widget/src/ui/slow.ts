// SPDX-License-Identifier: Apache-2.0
import { Store, type ChatState, type Observable } from '@confab/client';
import { useEffect, useState } from 'preact/hooks';
import { useObservable, useWidgetState } from './context.ts';

type Slow = Pick<ChatState, 'slow'>;
const NOBODY: Observable<Slow> = new Store<Slow>({ slow: new Map() });

/** How long slow mode still keeps the next message back, in milliseconds; counts down. */
export function useSlowMode(): number {
  const { connected } = useWidgetState();
  const { slow } = useObservable<Slow>(connected?.chat.state$ ?? NOBODY);
  const until = (connected && slow.get(connected.me.id)) ?? 0;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    if (until <= Date.now()) return;
    const timer = setInterval(() => {
      setNow(Date.now());
      if (until <= Date.now()) clearInterval(timer);
    }, 500);
    return () => clearInterval(timer);
  }, [until]);
  return Math.max(0, until - now);
}
