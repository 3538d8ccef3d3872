// SPDX-License-Identifier: Apache-2.0
import type { HoursNowObject, UsualReply } from '@confab/client';
import type { Messages as Texts } from '../messages/index.ts';
import type { Connected } from '../widget.ts';
import { useAround, useObservable } from './context.ts';

interface Expected {
  there: boolean;
  /** Whom one may expect, and when. */
  text: string;
}

/** Somebody is there, or will be then, or usually answers within that time. */
export function expected(there: boolean | undefined, hours: HoursNowObject | undefined, usual: UsualReply | undefined, t: Texts): Expected {
  const later = hours && !hours.open && hours.opens_at ? t.opensAt(weekTime(Date.parse(hours.opens_at), t.locale)) : usual ? t.usually[usual] : t.away;
  return { there: there === true, text: there ? t.online : later };
}

export function useTeam({ chat, me }: Connected): Expected {
  const { t } = useAround();
  const { online, hours, usualReply } = useObservable(chat.state$);
  return expected(online.size > (online.has(me.id) ? 1 : 0), hours, usualReply, t);
}

const weekTime = (at: number, locale: string | undefined): string =>
  new Intl.DateTimeFormat(locale, { weekday: 'long', hour: 'numeric', minute: '2-digit' }).format(at);
