/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Connected } from '../widget.ts';
import { Composer } from './Composer.tsx';
import { IconButton } from './Icon.tsx';
import { Messages } from './Messages.tsx';
import { useAround, useObservable, useWidgetState } from './context.ts';
import { onPhone, useFocusInside, useViewport } from './phone.ts';
import { useUploads } from './uploads.ts';

/** The chat: a dialog beside the page; on a phone in its place. Escape closes it. */
export function Panel({ onClose }: { onClose: () => void }) {
  const { widget, t } = useAround();
  const { connected, connection, active } = useWidgetState();
  const dialog = useRef<HTMLElement>(null);
  const phone = onPhone();
  const uploads = useUploads();
  const [over, setOver] = useState(false);
  const title = widget.settings.title ?? t.title;
  useViewport();
  useFocusInside(dialog, phone);

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
          {connected ? <Presence connected={connected} /> : <p class="head-hint">{t.away}</p>}
        </div>
        {widget.settings.calls && <IconButton icon="camera" label={t.startVideoCall} disabled={active !== undefined} onClick={() => void widget.call()} />}
        <IconButton icon="close" label={t.closeChat} onClick={onClose} />
      </header>
      {over && <p class="drop">{t.dropHere}</p>}
      <Notices />
      {connected && <LiveCall connected={connected} />}
      {connection === 'refused' ? <p class="empty">{t.notStarted}</p> : <Messages />}
      <Composer uploads={uploads} />
    </section>
  );
}

function Presence({ connected }: { connected: Connected }) {
  const { t } = useAround();
  const { online } = useObservable(connected.chat.state$);
  const there = online.size > (online.has(connected.me.id) ? 1 : 0);
  return (
    <p class="head-hint">
      {there && <span class="dot" aria-hidden="true" />}
      {there ? t.online : t.away}
    </p>
  );
}

/** A loss this short is not worth a word. */
const GRACE_MS = 1500;

function Notices() {
  const { t } = useAround();
  const { connection, connected, callFailed } = useWidgetState();
  return (
    <div aria-live="polite">
      {callFailed && <p class="notice">{t.callFailed}</p>}
      {connection === 'waiting' && <p class="notice">{t.unreachable}</p>}
      {connected && <Lost connected={connected} />}
    </div>
  );
}

function Lost({ connected }: { connected: Connected }) {
  const { t } = useAround();
  const lost = useObservable(connected.client.state.connectionState$) === 'reconnecting';
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!lost) return setShown(false);
    const timer = setTimeout(() => setShown(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  return shown ? <p class="notice">{t.offline}</p> : null;
}

/** Somebody is in the conversation's call: after the page was loaded anew one gets back in. */
function LiveCall({ connected }: { connected: Connected }) {
  const { widget, t } = useAround();
  const { active, ringing } = useWidgetState();
  const { conversations } = useObservable(connected.chat.state$);
  const live = conversations.get(connected.me.id)?.call;
  if (!live || active || ringing || !widget.settings.calls) return null;
  const names = [...new Set(live.participants.filter((user) => user.id !== connected.me.id).map((user) => user.name))];
  return (
    <div class="live">
      <span>{names.length > 0 ? t.callIsLive(names.join(', ')) : t.callIsLiveElsewhere}</span>
      <button type="button" class="button" onClick={() => void widget.call()}>
        {t.joinCall}
      </button>
    </div>
  );
}
