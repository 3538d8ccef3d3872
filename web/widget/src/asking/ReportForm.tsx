/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import type { ChatMessage } from '@confab/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Connected } from '../widget.ts';
import { useAround } from '../ui/context.ts';
import { Foot, type FormState } from './Foot.tsx';

/** Under the server's limit in any script. */
const MAX_REASON = 160;

interface ReportFormProps {
  connected: Connected;
  message: ChatMessage;
  /** What became of it, in words; undefined: one thought better of it. */
  onDone: (words: string | undefined) => void;
}

/** Asks the team to look at a message; says that it will see it. */
export function ReportForm({ connected, message, onDone }: ReportFormProps) {
  const { t } = useAround();
  const [state, setState] = useState<FormState>('asking');
  const reason = useRef<HTMLTextAreaElement>(null);
  useEffect(() => reason.current?.focus(), []);
  const send = () => {
    if (message.id === undefined) return;
    setState('busy');
    connected.client.moderation.report(connected.me.id, message.id, reason.current?.value.trim()).then(
      (created) => onDone(created ? t.isReported : t.wasReported),
      () => setState('failed'),
    );
  };
  return (
    <form
      class="rate"
      aria-label={t.reportTitle(message.user.name)}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => event.key === 'Escape' && (event.preventDefault(), event.stopPropagation(), onDone(undefined))}
    >
      <p>
        <strong>{t.reportTitle(message.user.name)}</strong>
      </p>
      {message.text !== '' && (
        <blockquote class="quote report-text" dir="auto">
          {message.text}
        </blockquote>
      )}
      <p>{t.reportHint}</p>
      <label class="rate-comment">
        {t.reportReason}
        <textarea ref={reason} rows={2} maxLength={MAX_REASON} dir="auto" />
      </label>
      <Foot state={state} no={t.cancel} yes={t.report} onNo={() => onDone(undefined)} />
    </form>
  );
}
