// SPDX-License-Identifier: Apache-2.0
import { isSlowed, type ChannelObject, type UserObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { duration } from '../format.ts';
import { useNow } from '../hooks/useNow.ts';
import { Icon } from '../ui/Icon.tsx';
import { slowTime } from './slow.ts';

interface SlowLineProps {
  channel: ChannelObject;
  me: UserObject;
  /** Until then nothing goes; 0: now. */
  until: number;
}

/** Over the text box of a group in slow mode: what holds, and how long this person waits. */
export function SlowLine({ channel, me, until }: SlowLineProps) {
  const t = useMessages();
  const now = useNow(1000);
  const time = slowTime(channel.slow_mode_s, t);
  const waits = until > now;
  const text = waits ? t.channels.slowWait(duration(until - now + 999, t)) : isSlowed(channel, me) ? t.channels.slowYou(time) : t.channels.slowNotYou(time);
  return (
    <p className={`cf-slow ${waits ? 'cf-slow--waits' : ''}`} role={waits ? 'timer' : undefined}>
      <Icon name="clock" size={16} /> {text}
    </p>
  );
}
