/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { BanNotice } from '@confab/client';
import type { Messages as Texts } from '../messages/index.ts';
import type { Connected } from '../widget.ts';
import { Composer } from './Composer.tsx';
import { IconButton } from './Icon.tsx';
import { Messages } from './Messages.tsx';
import { Satisfaction } from './Satisfaction.tsx';
import { useReport } from './report.tsx';
import { useAround, useObservable, useWidgetState } from './context.ts';
import { useLasting } from './lasting.ts';
import { useLiveCall } from './live.ts';
import { onPhone, useBackButton, useFocusInside, useScrollLock, useViewport } from './phone.ts';
import { expected, useTeam } from './team.ts';
import { useUploads } from './uploads.ts';

interface PanelProps {
  /** It was open already: the focus stays where it is. */
  quiet: boolean;
  onClose: () => void;
  /** What is said of a call that is over. */
  after: ComponentChildren;
}

/** The chat: a dialog beside the page; on a phone in its place. Escape closes it. */
export function Panel({ quiet, onClose, after }: PanelProps) {
  const { widget, t } = useAround();
  const { connected, connection, active, banned, team, writing } = useWidgetState();
  const dialog = useRef<HTMLElement>(null);
  const phone = onPhone();
  const uploads = useUploads();
  const [over, setOver] = useState(false);
  const report = useReport(connected);
  const title = widget.settings.title ?? t.title;
  useViewport();
  useFocusInside(dialog, phone, quiet);
  useScrollLock(phone);
  useBackButton(phone, onClose);
  const toTextBox = () => dialog.current?.querySelector<HTMLElement>('.composer textarea')?.focus();
  useEffect(() => {
    if (!writing) return;
    toTextBox();
    widget.atTextBox();
  }, [writing, widget]);

  return (
    <section
      ref={dialog}
      class={`panel ${over ? 'is-over' : ''}`}
      role="dialog"
      aria-modal={phone}
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => event.key === 'Escape' && (event.stopPropagation(), onClose())}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault(); // else the browser opens the file
        setOver(true);
      }}
      onDragLeave={(event) => !(event.currentTarget as Element).contains(event.relatedTarget as Node | null) && setOver(false)}
      onDrop={(event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        setOver(false);
        uploads.add(event.dataTransfer.files);
      }}
    >
      <header class="head">
        <div class="head-text">
          <h2 class="head-title">{title}</h2>
          {connected ? <Presence connected={connected} /> : <Hint {...expected(team?.online, team?.hours, team?.usual_reply, t)} />}
        </div>
        {widget.settings.calls && <IconButton icon="camera" label={t.startVideoCall} disabled={active !== undefined || banned !== undefined} onClick={() => void widget.call()} />}
        <IconButton icon="close" label={t.closeChat} onClick={onClose} />
      </header>
      {over && <p class="drop">{t.dropHere}</p>}
      <Notices />
      {connected && <LiveCall connected={connected} />}
      {banned ? <p class="empty" role="alert">{bannedText(banned, t)}</p> : connection === 'refused' ? <p class="empty">{t.notStarted}</p> : <Messages onReport={report.open} />}
      {report.form ?? after}
      <p class={report.said ? 'day' : 'hidden'} role="status">
        {report.said}
      </p>
      {connected && <Satisfaction connected={connected} onDone={toTextBox} />}
      {!banned && <Composer uploads={uploads} />}
    </section>
  );
}

function Presence({ connected }: { connected: Connected }) {
  const { t } = useAround();
  const team = useTeam(connected);
  const lost = useLost(connected); // who is there is not known then
  return lost ? <p class="head-hint">{t.reconnecting}</p> : <Hint {...team} />;
}

function Hint({ there, text }: { there: boolean; text: string }) {
  return (
    <p class="head-hint">
      {there && <span class="dot" aria-hidden="true" />}
      {text}
    </p>
  );
}

function bannedText({ until, reason }: BanNotice, t: Texts): string {
  const time = new Intl.DateTimeFormat(t.locale, { dateStyle: 'medium', timeStyle: 'short' });
  return t.banned(until && time.format(until), reason);
}

/** A loss this short is not worth a word. */
const GRACE_MS = 1500;

function Notices() {
  const { t } = useAround();
  const { connection, connected, callFailed, banned } = useWidgetState();
  return (
    <div aria-live="polite">
      {callFailed && <p class="notice">{t.callFailed}</p>}
      {connection === 'waiting' && !banned && <p class="notice">{t.unreachable}</p>}
      {connected && <Lost connected={connected} />}
    </div>
  );
}

function Lost({ connected }: { connected: Connected }) {
  const { t } = useAround();
  const shown = useLasting(useLost(connected), GRACE_MS);
  return shown ? <p class="notice">{t.offline}</p> : null;
}

/** Also when the system says there is no network: the socket itself may take half a minute to notice. */
function useLost({ client }: Connected): boolean {
  const reconnecting = useObservable(client.state.connectionState$) === 'reconnecting';
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    look(); // it may have changed since the first drawing
    return () => {
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
    };
  }, []);
  return reconnecting || !online;
}

/** Somebody is in the conversation's call: after the page was loaded anew one gets back in. */
function LiveCall({ connected }: { connected: Connected }) {
  const { widget, t } = useAround();
  const { active, ringing, ended } = useWidgetState();
  const live = useLiveCall(connected);
  if (!live || active || ringing || ended || !widget.settings.calls) return null;
  return (
    <div class="live">
      <span>{live.elsewhere ? t.callIsLiveElsewhere : t.callIsLive(live.others.join(', '))}</span>
      <button type="button" class="button" onClick={() => void widget.call()}>
        {live.elsewhere ? t.continueHere : t.joinCall}
      </button>
    </div>
  );
}
