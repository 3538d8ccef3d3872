// SPDX-License-Identifier: Apache-2.0
import type { Messages } from '../messages/en.ts';

/** Whole seconds, minutes or hours, in words. */
export function slowTime(seconds: number, { channels: t }: Messages): string {
  if (seconds >= 3600 && seconds % 3600 === 0) return t.hours(seconds / 3600);
  return seconds >= 60 && seconds % 60 === 0 ? t.minutes(seconds / 60) : t.seconds(seconds);
}
