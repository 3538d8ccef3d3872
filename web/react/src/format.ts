// SPDX-License-Identifier: Apache-2.0
/** Times as people read them, local. */
import type { Messages } from './messages/en.ts';

type Words = Pick<Messages, 'locale' | 'today' | 'yesterday'>;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes longer than using it a hundred times, and a list has thousands of times. */
function formatOf(locale: string | undefined, style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(style)}`;
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(locale, style)));
  return format;
}

export function timeOfDay(at: number, t: Pick<Messages, 'locale'>): string {
  return formatOf(t.locale, { hour: 'numeric', minute: '2-digit' }).format(at);
}

/** Today, Yesterday, a weekday with date, or with the year when it is another one. */
export function dayName(at: number, now: number, t: Words): string {
  const days = daysBetween(at, now);
  if (days === 0) return t.today;
  if (days === 1) return t.yesterday;
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : ({ year: 'numeric' } as const);
  return formatOf(t.locale, { weekday: 'long', day: 'numeric', month: 'long', ...year }).format(at);
}

/** For lists: the time today, else the day in short. */
export function shortTime(at: number, now: number, t: Words): string {
  const days = daysBetween(at, now);
  if (days === 0) return timeOfDay(at, t);
  if (days === 1) return t.yesterday;
  const style = days < 7 ? ({ weekday: 'short' } as const) : ({ day: 'numeric', month: 'short' } as const);
  return formatOf(t.locale, style).format(at);
}

/** A time to come: the time today, with the weekday within a week, else with the day. */
export function dueTime(at: number, now: number, t: Pick<Messages, 'locale'>): string {
  const days = daysBetween(now, at);
  const day = days === 0 ? {} : days > 0 && days < 7 ? ({ weekday: 'short' } as const) : ({ day: 'numeric', month: 'short' } as const);
  return formatOf(t.locale, { ...day, hour: 'numeric', minute: '2-digit' }).format(at);
}

/** 0:07, 12:34, 1:02:03. */
export function duration(ms: number, t: Pick<Messages, 'locale'> = { locale: undefined }): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const one = new Intl.NumberFormat(t.locale, { useGrouping: false });
  const two = new Intl.NumberFormat(t.locale, { minimumIntegerDigits: 2 });
  const hours = Math.floor(s / 3600);
  const minutes = Math.floor(s / 60) % 60;
  const rest = two.format(s % 60);
  return hours > 0 ? `${one.format(hours)}:${two.format(minutes)}:${rest}` : `${one.format(minutes)}:${rest}`;
}

export function daysBetween(at: number, now: number): number {
  const midnight = (time: number) => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(at)) / 86_400_000);
}

/** "12 KB", "3.4 MB". */
export function fileSize(bytes: number, t: Pick<Messages, 'locale' | 'fileSize'>): string {
  const amount = (n: number, digits: number) =>
    new Intl.NumberFormat(t.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(n);
  if (bytes < 1000) return t.fileSize(amount(bytes, 0), 'B');
  if (bytes < 1_000_000) return t.fileSize(amount(bytes / 1000, 0), 'KB');
  return t.fileSize(amount(bytes / 1_000_000, 1), 'MB');
}

/** A count on a badge: 7, 99+. */
export function badge(n: number, t: Pick<Messages, 'locale'>): string {
  const number = new Intl.NumberFormat(t.locale).format(Math.min(n, 99));
  return n > 99 ? `${number}+` : number;
}

/** In one unit, roughly: "7 min", "3 hr", "2 days". */
export function shortDuration(ms: number, t: Messages): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const [n, unit] = minutes < 60 ? [minutes, 'minute'] : minutes < 48 * 60 ? [Math.round(minutes / 60), 'hour'] : [Math.round(minutes / 1440), 'day'];
  return new Intl.NumberFormat(t.locale, { style: 'unit', unit, unitDisplay: 'short' }).format(n);
}
