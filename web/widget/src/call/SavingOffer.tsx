/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { useAround } from '../ui/context.ts';
import type { Saving } from './saving.ts';

/** Offers sound only while the connection is poor, and the way back. The button stays: so does the focus. */
export function SavingOffer({ saving: { on, offered, turn } }: { saving: Saving }) {
  const { t } = useAround();
  return (
    <div class="problems" aria-live="polite">
      {(on || offered) && (
        <p>
          {on ? t.audioOnlyIsOn : t.poorConnection}
          <button type="button" class="link" onClick={turn}>
            {on ? t.videoAgain : t.audioOnly}
          </button>
        </p>
      )}
    </div>
  );
}
