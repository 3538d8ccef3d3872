// SPDX-License-Identifier: Apache-2.0
import { useMessages } from '../context.tsx';
import type { Handover } from './useHandover.ts';

/** One is on the other device now: leave here? */
export function HandoverNotice({ handover, onLeave }: { handover: Handover; onLeave: () => void }) {
  const t = useMessages().handover;
  if (!handover.arrived) return null;
  return (
    <p className="cf-request">
      <span>{t.isThere}</span>
      <button type="button" className="cf-button cf-button--small" onClick={onLeave}>
        {t.leave}
      </button>
      <button type="button" className="cf-button cf-button--small cf-button--quiet" onClick={handover.stay}>
        {t.stay}
      </button>
    </p>
  );
}
