/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
/** The way to voice notes. Nothing of them is loaded before somebody records one, or one is shown. */
import { ConfabError, Store, type AttachmentObject, type Observable } from '@confab/client';
import { duration, holdToRecord } from '@confab/react/plain';
import type { Recording, RecorderState, VoiceRecorder } from '@confab/react/voice';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { addStyles } from '../styles/look.ts';
import { Icon } from './Icon.tsx';
import { useAround, useObservable, useWidgetState } from './context.ts';
import { refusedText } from './refused.ts';

type Kit = typeof import('../voice/kit.ts');

async function loadKit(host: HTMLElement): Promise<Kit> {
  const kit = await import('../voice/kit.ts');
  if (host.shadowRoot) addStyles(host.shadowRoot, kit.styles);
  return kit;
}

type Status = Pick<RecorderState, 'status' | 'problem'>;
const NOTHING: Observable<Status> = new Store<Status>({ status: 'idle', problem: undefined });

export interface Voice {
  readonly status: RecorderState['status'];
  /** Why the last one was not recorded or sent. */
  readonly problem: string | undefined;
  readonly start: () => void;
  readonly stop: () => void;
  /** The bar in place of the text box, while one is recorded. */
  readonly bar: preact.JSX.Element | undefined;
}

/** Records and sends. */
export function useVoice(): Voice {
  const { widget, host, t } = useAround();
  const { connected } = useWidgetState();
  const [loaded, setLoaded] = useState<{ kit: Kit; recorder: VoiceRecorder } | undefined>();
  const [problem, setProblem] = useState<string | undefined>();
  const loading = useRef<{ wanted: boolean }>(undefined);
  const { status, problem: why } = useObservable<Status>(loaded?.recorder.state$ ?? NOTHING);
  useEffect(() => () => loaded?.recorder.cancel(), [loaded]);
  const who = useRef(connected?.me.id);
  useEffect(() => {
    if (who.current !== undefined && who.current !== connected?.me.id) loaded?.recorder.cancel(); // somebody else sits here now
    who.current = connected?.me.id;
  }, [connected?.me.id, loaded]);

  const start = () => {
    setProblem(undefined);
    if (loaded) return void loaded.recorder.start();
    if (loading.current) return;
    const round = (loading.current = { wanted: true });
    loadKit(host).then(
      (kit) => {
        const recorder = new kit.VoiceRecorder();
        setLoaded({ kit, recorder });
        if (round.wanted) void recorder.start();
      },
      () => {
        loading.current = undefined;
        setProblem(t.voice.problems.failed);
      },
    );
  };
  const stop = () => {
    if (loading.current) loading.current.wanted = false;
    loaded?.recorder.stop();
  };
  const send = async ({ sound, name, durationMs, waveform }: Recording): Promise<void> => {
    setProblem(undefined);
    const file = { name, file: sound, voice: { durationMs, waveform } };
    try {
      const now = await widget.connect(true);
      widget.send('', [{ ...file, attachment: await now?.client.chat.attach(now.me.id, sound, name, file.voice) }]);
    } catch (error) {
      if (error instanceof ConfabError && error.statusCode === 0) return widget.send('', [file]); // it waits
      setProblem(refusedText(error, t, t.voice.notSent));
      throw error;
    }
  };
  const bar = loaded && status !== 'idle' ? <loaded.kit.VoiceBar recorder={loaded.recorder} onSend={send} /> : undefined;
  return { status, problem: problem ?? (why && t.voice.problems[why]), start, stop, bar };
}

/** Tapped, held or pressed by keyboard. The focus comes back when nothing is recorded any more. */
export function VoiceButton({ voice }: { voice: Voice }) {
  const { t } = useAround();
  const { status, start, stop } = voice;
  const button = useRef<HTMLButtonElement>(null);
  const before = useRef(status);
  const latest = useRef(stop); // the finger goes up over a later drawing than it went down over
  latest.current = stop;
  useEffect(() => {
    if (status === 'idle' && before.current !== 'idle') button.current?.focus();
    before.current = status;
  }, [status]);
  return (
    <button
      ref={button}
      type="button"
      class="iconbutton"
      aria-label={t.voice.record}
      title={t.voice.record}
      onPointerDown={(event) => event.button === 0 && holdToRecord(event, { start, stop: () => latest.current() })}
      onClick={start} // the keyboard's; after a finger it is on already
      onContextMenu={(event) => event.preventDefault()}
    >
      <Icon name="mic" />
    </button>
  );
}

/** A voice note of the conversation; what cannot be loaded is played by the browser's own means. */
export function Voiced({ attachment, voice, url }: { attachment: AttachmentObject; voice: NonNullable<AttachmentObject['voice']>; url: string }) {
  const { host, t } = useAround();
  const [kit, setKit] = useState<Kit | 'failed' | undefined>();
  useEffect(() => {
    let gone = false;
    loadKit(host).then((loaded) => gone || setKit(loaded), () => gone || setKit('failed'));
    return () => void (gone = true);
  }, [host]);
  const load = useCallback(async () => (await fetch(url)).arrayBuffer(), [url]);
  if (kit === 'failed') return <audio src={url} controls preload="metadata" aria-label={attachment.name} />;
  if (!kit) return <p class="voice-wait">{t.voice.note(duration(voice.duration_ms, t))}</p>;
  return <kit.VoiceNote load={load} durationMs={voice.duration_ms} waveform={voice.waveform} url={url} />;
}
