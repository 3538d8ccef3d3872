// SPDX-License-Identifier: Apache-2.0
import { useMessages } from '../context.tsx';
import type { Saving } from './useSaving.ts';

/** Offers sound only while the connection is poor, and the way back. The button stays: so does the focus. */
export function SavingNotice({ saving }: { saving: Saving }) {
  const t = useMessages();
  if (!saving.on && !saving.offered) return null;
  return (
    <p className="cf-request">
      <span>{saving.on ? t.call.audioOnlyIsOn : t.call.poorOffer}</span>
      <button type="button" className="cf-button cf-button--small" onClick={saving.on ? saving.stop : saving.start}>
        {saving.on ? t.call.videoAgain : t.call.audioOnly}
      </button>
      {!saving.on && (
        <button type="button" className="cf-button cf-button--small cf-button--quiet" onClick={saving.decline}>
          {t.deny}
        </button>
      )}
    </p>
  );
}
