// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, type PointerEvent } from 'react';
import { useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import { Icon } from '../ui/Icon.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { holdToRecord } from './hold.ts';
import type { VoiceRecorder } from './recorder.ts';

/** Tapped, held or pressed by keyboard. The focus comes back when nothing is recorded any more. */
export function VoiceButton({ recorder }: { recorder: VoiceRecorder }) {
  const t = useMessages().voice;
  const toast = useToast();
  const { status, problem } = useObservable(recorder.state$);
  const button = useRef<HTMLButtonElement>(null);
  const before = useRef(status);
  useEffect(() => {
    if (problem) toast(t.problems[problem], 'problem');
  }, [problem, t, toast]);
  useEffect(() => {
    if (status === 'idle' && before.current !== 'idle') button.current?.focus();
    before.current = status;
  }, [status]);
  const onPointerDown = (event: PointerEvent) => {
    if (event.button === 0) holdToRecord(event, { start: () => void recorder.start(), stop: () => recorder.stop() });
  };
  return (
    <button
      ref={button}
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
