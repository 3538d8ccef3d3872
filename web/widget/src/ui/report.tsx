/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import type { ChatMessage } from '@confab/client';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Connected } from '../widget.ts';
import { useAround } from './context.ts';
import { useLoaded } from './load.ts';

const SAID_MS = 8000;

interface Report {
  readonly open: (message: ChatMessage) => void;
  /** While one is asked what is wrong with a message. */
  readonly form: ComponentChildren;
  /** What became of it, for a while. */
  readonly said: string | undefined;
}

/** One asks the team to look at a message. The focus comes back to where it was. */
export function useReport(connected: Connected | undefined): Report {
  const { t, host } = useAround();
  const [message, setMessage] = useState<ChatMessage | undefined>();
  const [said, setSaid] = useState<string | undefined>();
  const before = useRef<Element | null>(null);
  const asking = useLoaded(message !== undefined, () => import('../asking/asking.ts'), () => onDone(t.rateFailed));
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => setSaid(undefined), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);

  const onDone = (words: string | undefined) => {
    setMessage(undefined);
    setSaid(words);
    if (before.current instanceof HTMLElement) before.current.focus();
  };
  return {
    open: (which) => {
      before.current = host.shadowRoot?.activeElement ?? null;
      setSaid(undefined);
      setMessage(which);
    },
    form: message && connected && asking && <asking.ReportForm key={message.key} connected={connected} message={message} onDone={onDone} />,
    said,
  };
}
