// SPDX-License-Identifier: Apache-2.0
import { useEffect, type PointerEvent } from 'react';
import { useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import { Icon } from '../ui/Icon.tsx';
import { useToast } from '../ui/Toasts.tsx';
import type { VoiceRecorder } from './recorder.ts';

/** Held longer than this it records until it is let go; a tap goes on until the next. */
const HOLD_MS = 600;

export function VoiceButton({ recorder }: { recorder: VoiceRecorder }) {
  const t = useMessages().voice;
  const toast = useToast();
  const { problem } = useObservable(recorder.state$);
  useEffect(() => {
    if (problem) toast(t.problems[problem]);
  }, [problem, t, toast]);
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const since = performance.now();
    void recorder.start();
    window.addEventListener('pointerup', () => performance.now() - since >= HOLD_MS && recorder.stop(), { once: true });
  };
  return (
    <button
      type="button"
      className="cf-notetoggle"
      aria-label={t.record}
      title={t.record}
      onPointerDown={onPointerDown}
      onClick={() => void recorder.start()} // the keyboard's; after a finger it is on already
      onContextMenu={(event) => event.preventDefault()}
    >
      <Icon name="mic" size={20} />
    </button>
  );
}
