/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import type { Saving } from './saving.ts';
import { useCallTexts } from './texts.ts';

/** Offers sound only while the connection is poor, and the way back. The button stays: so does the focus. */
export function SavingOffer({ saving: { on, offered, turn } }: { saving: Saving }) {
  const { t } = useCallTexts();
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
