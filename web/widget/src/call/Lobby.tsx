/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { LINE_BARS, showLevel, watchLine, type Line } from '@confab/react/plain-call';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Connected } from '../widget.ts';
import { IconButton } from '../ui/Icon.tsx';
import { useAround, useObservable, useWidgetState } from '../ui/context.ts';
import { onPhone, useBackButton, useFocusInside, useScrollLock } from '../ui/phone.ts';
import { useTeam } from '../ui/team.ts';
import { Bars } from './Bars.tsx';
import { DeviceButtons } from './DeviceButtons.tsx';
import { Face } from './Face.tsx';
import { Picture } from './Picture.tsx';
import { Pickers } from './Pickers.tsx';
import { Problems } from './Problems.tsx';
import { useCallTexts } from './texts.ts';

/** Before it rings: how one looks, whether one is heard, with which devices, and whether somebody is there. Nothing is sent yet. */
export function Lobby({ call, connected, onJoin }: { call: Call; connected: Connected; onJoin: () => void }) {
  const { widget } = useAround();
  const { t, lobby } = useCallTexts();
  const { open } = useWidgetState();
  const phone = onPhone();
  const box = useRef<HTMLElement>(null);
  const team = useTeam(connected);
  const camera = useObservable(call.camera.state.optimisticStatus$) === 'enabled';
  useFocusInside(box, phone);
  useEffect(() => {
    const back = (box.current?.getRootNode() as ShadowRoot).activeElement;
    return () => (back instanceof HTMLElement && back.isConnected ? back.focus() : undefined);
  }, []);
  const here = useRef(false);
  useEffect(() => {
    here.current = true;
    call.startPreview();
    return () => {
      here.current = false;
      setTimeout(() => here.current || call.stopPreview(), 0); // whoever joins now takes over what is open
    };
  }, [call]);

  const cancel = () => widget.endCheck();
  useScrollLock(phone);
  useBackButton(phone, cancel);
  const without = () => {
    void call.camera.disable({ remember: false });
    onJoin();
  };
  const write = () => {
    cancel();
    widget.write();
  };
  return (
    <section
      ref={box}
      class={`call lobby ${phone ? 'is-large' : 'is-corner'} ${open && !phone ? 'is-beside' : ''}`}
      role="dialog"
      aria-modal={phone}
      aria-label={lobby.checkDevices}
      tabIndex={-1}
      onKeyDown={(event) => event.key === 'Escape' && (event.stopPropagation(), cancel())}
    >
      <header class="call-head">
        <span class="call-gap" />
        <IconButton icon="close" label={t.cancel} onClick={cancel} />
      </header>
      <Preview call={call} connected={connected} />
      <div class="lobby-side">
        <Problems call={call} />
        <MicLevel call={call} />
        <LineCheck connected={connected} />
        <details class="lobby-devices">
          <summary>{lobby.devices}</summary>
          <Pickers call={call} />
        </details>
        <p class="lobby-hint">{team.there ? lobby.lobbyRings(widget.settings.title ?? t.title) : team.text}</p>
      </div>
      <div class="call-buttons">
        <button type="button" class="button is-accept" onClick={onJoin}>
          {t.callNow}
        </button>
        {camera && (
          <button type="button" class="button is-quiet" onClick={without}>
            {t.withoutCamera}
          </button>
        )}
        {!team.there && (
          <button type="button" class="button is-quiet" onClick={write}>
            {t.leaveMessage}
          </button>
        )}
      </div>
    </section>
  );
}

/** Oneself, as in a mirror, and the switches. */
function Preview({ call, connected }: { call: Call; connected: Connected }) {
  const { lobby } = useCallTexts();
  const camera = useObservable(call.camera.state.optimisticStatus$) === 'enabled';
  const picture = useObservable(call.camera.state.track$);
  const direction = useObservable(call.camera.state.direction$);
  return (
    <div class="tile lobby-preview" role="group" aria-label={lobby.preview}>
      <Face id={connected.me.id} name={connected.me.name} />
      <Picture track={picture} mirrored={direction !== 'back'} />
      {!camera && <p class="tile-note">{lobby.cameraIsOff}</p>}
      <div class="controls lobby-buttons">
        <DeviceButtons call={call} />
      </div>
    </div>
  );
}

/** A bar that moves while one speaks. */
function MicLevel({ call }: { call: Call }) {
  const { lobby } = useCallTexts();
  const track = useObservable(call.microphone.state.track$);
  const on = useObservable(call.microphone.state.optimisticStatus$) !== 'disabled';
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => (track && bar.current ? showLevel(track, bar.current) : undefined), [track]);
  return (
    <div class="lobby-level">
      <span class="level" role="img" aria-label={track ? lobby.micLevel : lobby.micSilent}>
        <span ref={bar} />
      </span>
      <p class="lobby-hint">{on ? lobby.micHint : lobby.micSilent}</p>
    </div>
  );
}

/** Whether the network is made for a call. */
function LineCheck({ connected }: { connected: Connected }) {
  const { call } = useCallTexts();
  const [line, setLine] = useState<Line | undefined>();
  useEffect(() => watchLine(connected.client, setLine), [connected]);
  return (
    <p class="lobby-line" role="status">
      {line && <Bars quality={LINE_BARS[line]} />}
      <span>
        {call.line}: {line ? call.lineIs[line] : call.lineChecking}
      </span>
    </p>
  );
}
