/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { CallingState, keepAwake, type Call } from '@confab/client';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../ui/Icon.tsx';
import { useAround, useObservable, useWidgetState } from '../ui/context.ts';
import { onPhone, useBackButton, useFocusTrap, useScrollLock } from '../ui/phone.ts';
import { useTone } from './CallLayer.tsx';
import { Controls } from './Controls.tsx';
import { Problems } from './Problems.tsx';
import { SavingOffer } from './SavingOffer.tsx';
import { Stage } from './Stage.tsx';
import { Timer } from './Timer.tsx';
import { failedHint } from './failed.ts';
import { useArrival, useGone, useRingNote } from './notes.ts';
import { useSaving } from './saving.ts';
import { enlarge, shrink } from './icons.ts';
import { useCallTexts } from './texts.ts';

/** Whoever comes back at once, from another window for instance, finds the call. */
const BACK_MS = 5000;
/** So long somebody may take who was there, or who called. */
const COMING_MS = 30_000;
/** A network that is away for so long does not come back during this call. */
const LOST_S = 120;

/** The call: in the corner of the page, or large; on a phone it fills the screen until it is made small. Joins when it appears. */
export function CallWindow({ call, ring, takeOver }: { call: Call; ring: boolean; takeOver: boolean }) {
  const { widget } = useAround();
  const { t } = useCallTexts();
  const { connected, open } = useWidgetState();
  const phone = onPhone();
  const [large, setLarge] = useState(phone);
  const [error, setError] = useState<unknown>();
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
  const note = useRingNote(call, connected?.me.id);
  const gone = useGone(participants);
  const news = useArrival(participants, joined);
  useScrollLock(large);
  useBackButton(large, () => setLarge(false));
  useFocusTrap(box, large);
  const saving = useSaving(call, participants);
  useTone(joined && alone && note.ringing ? 'outgoing' : undefined);

  const leave = ({ result, at = Date.now() }: { result?: string; at?: number } = {}) => {
    const ms = metAt === undefined ? undefined : at - metAt;
    widget.hangUp(ms === undefined && result === undefined ? undefined : { ms, result });
  };
  const join = (ringThem: boolean) => {
    setError(undefined);
    call.setDisconnectionTimeout(LOST_S);
    call.join({ create: true, ...(ringThem ? { ring: true } : {}), ...(takeOver ? { take_over: true } : {}) }).catch(setError);
  };
  useLayoutEffect(() => join(ring), [call]); // in the same turn: what the lobby has open is taken over
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
  useEffect(() => {
    if (!joined || !alone || note.ringing) return; // a camera that nobody looks at goes off
    if (metAt === undefined && note.result !== undefined) return leave({ result: note.result });
    const at = Date.now();
    const timer = setTimeout(() => leave(metAt === undefined ? { result: t.noAnswer } : { at }), metAt === undefined ? COMING_MS : BACK_MS);
    return () => clearTimeout(timer);
  }, [joined, alone, metAt, note.ringing, note.result]);

  const failed = error !== undefined || state === CallingState.RECONNECTING_FAILED;
  const lost = state === CallingState.RECONNECTING || state === CallingState.OFFLINE || state === CallingState.MIGRATING;
  const aloneText = note.text ?? (gone === undefined ? t.waiting : t.left(gone));
  const said = failed
    ? joinedAt === undefined ? t.callFailed : t.callLost
    : lost ? (state === CallingState.OFFLINE ? t.offline : t.reconnecting) : joinedAt === undefined ? t.connecting : alone ? aloneText : undefined;
  const hint = failedHint(error, t);
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
        <IconButton icon={large ? shrink : enlarge} label={large ? t.shrink : t.enlarge} onClick={() => setLarge(!large)} />
      </header>
      <Stage call={call} participants={participants} />
      <p class={`call-said ${said ? '' : 'is-silent'}`} role="status">
        {said ?? (wasIn.current || joined ? <span class="hidden">{t.connected}</span> : '')}
      </p>
      <p class="call-news" role="status">
        {news}
      </p>
      {hint && <p class="call-why">{hint}</p>}
      {!failed && <Problems call={call} />}
      {!failed && <SavingOffer saving={saving} />}
      {failed ? (
        <div class="call-buttons">
          <button type="button" class="button" onClick={() => join(ring)}>
            {t.retry}
          </button>
          <button
            type="button"
            class="button is-quiet"
            onClick={() => {
              leave();
              widget.write();
            }}
          >
            {t.leaveMessage}
          </button>
        </div>
      ) : (
        <Controls call={call} participants={participants} saving={saving} onLeave={() => leave()} />
      )}
    </section>
  );
}
