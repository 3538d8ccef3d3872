// SPDX-License-Identifier: Apache-2.0
import { useMessages } from '../context.tsx';
import { duration } from '../format.ts';
import { useNow } from '../hooks/useNow.ts';
import { Icon } from '../ui/Icon.tsx';
import { slowTime } from './slow.ts';

interface SlowLineProps {
  /** Between two messages. */
  seconds: number;
  /** Whether it holds for this person. */
  slowed: boolean;
  /** Until then nothing goes; 0: now. */
  until: number;
}

/** Over the text box of a conversation in slow mode: what holds, and how long this person waits. */
export function SlowLine({ seconds, slowed, until }: SlowLineProps) {
  const t = useMessages();
  const now = useNow(1000);
  const time = slowTime(seconds, t);
  const waits = until > now;
  const text = waits ? t.channels.slowWait(duration(until - now + 999, t)) : slowed ? t.channels.slowYou(time) : t.channels.slowNotYou(time);
  return (
    <p className={`cf-slow ${waits ? 'cf-slow--waits' : ''}`} role={waits ? 'timer' : undefined}>
      <Icon name="clock" size={16} /> {text}
    </p>
  );
}
