/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { useAround } from '../ui/context.ts';

export type FormState = 'asking' | 'busy' | 'failed';

interface FootProps {
  state: FormState;
  /** The way out, and what submits. */
  no: string;
  yes: string;
  /** There is something to submit. */
  ready?: boolean;
  onNo: () => void;
}

/** Below a question: that it could not be sent, and the two buttons. */
export function Foot({ state, no, yes, ready = true, onNo }: FootProps) {
  const { t } = useAround();
  return (
    <>
      {state === 'failed' && (
        <p class="error" role="alert">
          {t.rateFailed}
        </p>
      )}
      <div class="rate-buttons">
        <button type="button" class="button is-quiet" disabled={state === 'busy'} onClick={onNo}>
          {no}
        </button>
        <button type="submit" class="button" disabled={state === 'busy' || !ready}>
          {yes}
        </button>
      </div>
    </>
  );
}
