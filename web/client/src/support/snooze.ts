// SPDX-License-Identifier: Apache-2.0
/** Times that people put conversations away until, in their own time zone. Pure. */

export type SnoozeChoice = 'later' | 'tomorrow' | 'monday' | 'week';

const MORNING = 9;

/** later: in three hours; the others at nine in the morning. */
export function snoozeTimes(now: Date): Record<SnoozeChoice, Date> {
  const morning = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING);
  return {
    later: new Date(now.getTime() + 3 * 3_600_000),
    tomorrow: morning(1),
    monday: morning(((8 - now.getDay()) % 7) || 7),
    week: morning(7),
  };
}
