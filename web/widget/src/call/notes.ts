// SPDX-License-Identifier: Apache-2.0
/** What is told of those who come and go. */
import { ringSide, type Call, type Participant } from '@confab/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useAround, useObservable } from '../ui/context.ts';
import { useCallTexts } from './texts.ts';

const NEWS_MS = 5000;

/** Who comes into a call that somebody else is in already, for a while. */
export function useArrival(participants: readonly Participant[], joined: boolean): string | undefined {
  const { t } = useCallTexts();
  const known = useRef<ReadonlySet<string>>(new Set());
  const [news, setNews] = useState<string | undefined>();
  useEffect(() => {
    const others = joined ? participants.filter((participant) => !participant.isLocal) : [];
    const fresh = others.find(({ sessionId }) => !known.current.has(sessionId));
    if (fresh && known.current.size > 0) setNews(t.joined(fresh.name));
    known.current = new Set(others.map(({ sessionId }) => sessionId));
  }, [participants, joined, t]);
  useEffect(() => {
    if (news === undefined) return;
    const timer = setTimeout(() => setNews(undefined), NEWS_MS);
    return () => clearTimeout(timer);
  }, [news]);
  return news;
}

interface RingNote {
  /** It rings at the other end. */
  ringing: boolean;
  /** What one is told meanwhile. */
  text: string | undefined;
  /** Why nobody came, once that is so. */
  result: string | undefined;
}

/** What the caller is told of the ring. */
export function useRingNote(call: Call, me: string | undefined): RingNote {
  const { widget } = useAround();
  const { t } = useCallTexts();
  const ring = useObservable(call.state.ring$);
  if (!ring || ring.caller.id !== me) return { ringing: false, text: undefined, result: undefined };
  if (ringSide(ring, me) === 'outgoing') return { ringing: true, text: t.calling(widget.settings.title ?? t.title), result: undefined };
  const results = { declined: t.declined, missed: t.noAnswer, busy: t.busy, cancelled: undefined, accepted: undefined };
  return { ringing: false, text: undefined, result: ring.outcome ? results[ring.outcome] : undefined };
}

/** Who was the last one to leave, while nobody else is in it. */
export function useGone(participants: readonly Participant[]): string | undefined {
  const other = participants.find((participant) => !participant.isLocal)?.name;
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (other !== undefined) before.current = other;
  }, [other]);
  return other === undefined ? before.current : undefined;
}
