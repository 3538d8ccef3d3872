/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { CallingState, keepAwake, ringSide, type Call, type ConfabError, type Participant } from '@confab/client';
import { duration } from '@confab/react/plain';
import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../ui/Icon.tsx';
import { useAround, useObservable, useWidgetState } from '../ui/context.ts';
import { onPhone } from '../ui/phone.ts';
import { useTone } from './CallLayer.tsx';
import { Controls } from './Controls.tsx';
import { Problems } from './Problems.tsx';
import { Saving } from './Saving.tsx';
import { Stage } from './Stage.tsx';

const NEWS_MS = 5000;

/** The call: in the corner of the page, or large; on a phone it fills the screen until it is made small. Joins when it appears. */
export function CallWindow({ call, ring, takeOver }: { call: Call; ring: boolean; takeOver: boolean }) {
  const { widget, t } = useAround();
  const { connected, open } = useWidgetState();
  const phone = onPhone();
  const [large, setLarge] = useState(phone);
  const [error, setError] = useState<ConfabError | undefined>();
  const box = useRef<HTMLElement>(null);
  const state = useObservable(call.state.callingState$);
  const participants = useObservable(call.state.participants$);
  const joinedAt = useObservable(call.state.joinedAt$);
  const startedAt = useObservable(call.state.startedAt$);
  const wasIn = useRef(false);
  /** When somebody else was there first: ringing is no talk. */
  const [metAt, setMetAt] = useState<number | undefined>();
  const joined = state === CallingState.JOINED;
  const alone = participants.length < 2;
  const note = useNote(call, connected?.me.id);
  const news = useArrival(participants, joined);
  useTone(joined && alone && note.ringing ? 'outgoing' : undefined);

  const leave = () => widget.hangUp(metAt === undefined ? undefined : Date.now() - metAt);
  const join = (ringThem: boolean) => {
    setError(undefined);
    call.join({ create: true, ...(ringThem ? { ring: true } : {}), ...(takeOver ? { take_over: true } : {}) }).catch(setError);
  };
  useEffect(() => join(ring), [call]);
  useEffect(() => {
    const back = (box.current?.getRootNode() as ShadowRoot).activeElement;
    box.current?.focus();
    return () => (back instanceof HTMLElement && back.isConnected ? back.focus() : undefined);
  }, []);
  useEffect(() => {
    if (joined && !alone) setMetAt((at) => at ?? startedAt ?? Date.now()); // both sides see the same time
  }, [joined, alone, startedAt]);
  useEffect(() => (joined ? keepAwake() : undefined), [joined]);
  useEffect(() => {
    if (!joined) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault(); // another page of the shop ends the call
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [joined]);
  useEffect(() => {
    if (state === CallingState.LEFT && wasIn.current) leave(); // somebody ended it for me
    wasIn.current ||= joined;
  }, [state, joined, widget]);

  const failed = error !== undefined || state === CallingState.RECONNECTING_FAILED;
  const lost = state === CallingState.RECONNECTING || state === CallingState.OFFLINE || state === CallingState.MIGRATING;
  const said = failed
    ? joinedAt === undefined ? t.callFailed : t.callLost
    : lost ? t.reconnecting : joinedAt === undefined ? t.connecting : alone ? (note.text ?? t.waiting) : undefined;
  const chat = () => {
    setLarge(false);
    widget.open();
  };

  return (
    <section
      ref={box}
      class={`call ${large ? 'is-large' : 'is-corner'} ${open && !phone ? 'is-beside' : ''}`}
      role="dialog"
      aria-modal={large}
      aria-label={t.videoCall}
      tabIndex={-1}
      onKeyDown={(event) => event.key === 'Escape' && (failed ? leave() : setLarge(false))}
    >
      <header class="call-head">
        {metAt !== undefined && <Timer since={metAt} />}
        <span class="call-gap" />
        {large && <IconButton icon="chat" label={t.openChat} onClick={chat} />}
        <IconButton icon={large ? 'shrink' : 'enlarge'} label={large ? t.shrink : t.enlarge} onClick={() => setLarge(!large)} />
      </header>
      <Stage call={call} participants={participants} />
      <p class={`call-said ${said ? '' : 'is-silent'}`} role="status">
        {said ?? (wasIn.current || joined ? <span class="hidden">{t.connected}</span> : '')}
      </p>
      <p class="call-news" role="status">
        {news}
      </p>
      {error && <p class="call-why">{error.message}</p>}
      {!failed && <Problems call={call} />}
      {!failed && <Saving call={call} participants={participants} />}
      {failed || (alone && note.ended) ? (
        <div class="call-buttons">
          <button type="button" class="button" onClick={() => (failed ? join(ring) : void call.ring().catch(setError))}>
            {failed ? t.retry : t.callAgain}
          </button>
          <button
            type="button"
            class="button is-quiet"
            onClick={() => {
              leave();
              widget.open();
            }}
          >
            {t.leaveMessage}
          </button>
        </div>
      ) : (
        <Controls call={call} participants={participants} onLeave={leave} />
      )}
    </section>
  );
}

function Timer({ since }: { since: number }) {
  const { t } = useAround();
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

/** Who comes into a call that somebody else is in already, for a while. */
function useArrival(participants: readonly Participant[], joined: boolean): string | undefined {
  const { t } = useAround();
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

/** What the caller is told of the ring, or who went. */
function useNote(call: Call, me: string | undefined): { ringing: boolean; ended: boolean; text: string | undefined } {
  const { widget, t } = useAround();
  const ring = useObservable(call.state.ring$);
  const participants = useObservable(call.state.participants$);
  const [gone, setGone] = useState<string | undefined>();
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    const other = participants.find((participant) => !participant.isLocal)?.name;
    setGone(other === undefined && before.current !== undefined ? t.left(before.current) : undefined);
    if (other !== undefined) before.current = other;
  }, [participants, t]);
  if (gone !== undefined || !ring || ring.caller.id !== me) return { ringing: false, ended: gone !== undefined, text: gone };
  if (ringSide(ring, me) === 'outgoing') return { ringing: true, ended: false, text: t.calling(widget.settings.title ?? t.title) };
  const texts = { declined: t.declined, missed: t.noAnswer, busy: t.busy, cancelled: undefined, accepted: undefined };
  const text = ring.outcome ? texts[ring.outcome] : undefined;
  return { ringing: false, ended: text !== undefined, text };
}
