/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
/** Calls over the page, a chunk of its own: what rings, and the call in a window in the corner. */
import type { Call } from '@confab/client';
import { playTone, type Tone } from '@confab/react/plain-call';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Messages } from '../messages/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { useAround, useObservable, useWidgetState } from '../ui/context.ts';
import { CallWindow } from './CallWindow.tsx';
import { Lobby } from './Lobby.tsx';
import callWindow from './call.css';
import incoming from './incoming.css';
import lobby from './lobby.css';
import { CallTextsContext, loadTexts, useCallTexts } from './texts.ts';
import { cameraOff } from './icons.ts';

/** All that is fetched with the first call. */
export async function load(chat: Messages) {
  const texts = await loadTexts(chat);
  const Layer = () => (
    <CallTextsContext.Provider value={texts}>
      <CallLayer />
    </CallTextsContext.Provider>
  );
  return { styles: callWindow + lobby + incoming, Layer };
}

function CallLayer() {
  const { widget } = useAround();
  const { active, ringing, connected } = useWidgetState();
  return (
    <>
      {active?.checking && connected && <Lobby call={active.call} connected={connected} onJoin={() => widget.joinChecked()} />}
      {active && !active.checking && <CallWindow key={active.call.cid} call={active.call} ring={active.ring} takeOver={active.takeOver} />}
      {ringing && <Incoming key={ringing.state.ring?.id} call={ringing} />}
    </>
  );
}

/** Plays while `tone` is given; the browser keeps silent until somebody has touched the page. */
export function useTone(tone: Tone | undefined): void {
  useEffect(() => (tone ? playTone(tone) : undefined), [tone]);
}

/**
 * The team calls. Does not take the focus: who is filling in the shop's form must not answer with the next key. Escape
 * inside declines.
 */
function Incoming({ call }: { call: Call }) {
  const { widget } = useAround();
  const { t } = useCallTexts();
  const ring = useObservable(call.state.ring$);
  const [answered, setAnswered] = useState(false);
  const [problem, setProblem] = useState<string | undefined>();
  const box = useRef<HTMLDivElement>(null);
  useTone(answered ? undefined : 'incoming');
  if (!ring) return null;

  const accept = (camera: boolean) => {
    setAnswered(true);
    widget.accept(call, camera).catch(() => setProblem(t.answeredElsewhere));
  };
  const decline = () => {
    setAnswered(true);
    void call.reject().catch(() => {});
  };
  const write = () => {
    decline();
    widget.open();
  };
  return (
    <div ref={box} class="incoming" role="dialog" aria-label={t.incomingCall} onKeyDown={(event) => event.key === 'Escape' && decline()}>
      <div class="incoming-who" role="alert">
        <p class="incoming-title">{t.isCalling(ring.caller.name)}</p>
        <p class="incoming-hint">{problem ?? t.videoCall}</p>
      </div>
      <div class="incoming-buttons">
        <button type="button" class="button is-decline" disabled={answered} onClick={decline}>
          <Icon name="hangUp" size={20} /> {t.decline}
        </button>
        <button type="button" class="button is-accept" disabled={answered} onClick={() => accept(true)}>
          <Icon name="camera" size={20} /> {t.accept}
        </button>
        <button type="button" class="button is-quiet" disabled={answered} onClick={write}>
          <Icon name="chat" size={20} /> {t.writeInstead}
        </button>
        <button type="button" class="button is-quiet" disabled={answered} onClick={() => accept(false)}>
          <Icon name={cameraOff} size={20} /> {t.withoutCamera}
        </button>
      </div>
    </div>
  );
}
