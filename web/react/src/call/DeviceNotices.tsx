// SPDX-License-Identifier: Apache-2.0
import { DeviceError, type Call, type DeviceErrorReason, type DeviceKind } from '@confab/client';
import { useState } from 'react';
import { useMessages } from '../context.tsx';
import { browserKind } from '../lobby/browserKind.ts';
import type { Messages } from '../messages/en.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { Icon } from '../ui/Icon.tsx';

/** Where this browser keeps what one once refused. */
const allowHow = ({ call }: Messages): string => call.allowHow[browserKind() ?? 'other'];

interface Problem {
  kinds: DeviceKind[];
  reason: DeviceErrorReason;
  errors: unknown[];
}

/** Why the camera, the microphone or the screen is not on. What has the same reason is said once. */
export function DeviceNotices({ call }: { call: Call }) {
  const t = useMessages();
  const [dismissed, setDismissed] = useState<readonly unknown[]>([]);
  const camera = useObservable(call.camera.state.error$);
  const microphone = useObservable(call.microphone.state.error$);
  const screenShare = useObservable(call.screenShare.state.error$);

  const problems: Problem[] = [];
  for (const [kind, error] of Object.entries({ camera, microphone, screenShare }) as [DeviceKind, unknown][]) {
    if (!error || dismissed.includes(error)) continue;
    const reason = error instanceof DeviceError ? error.reason : 'unknown';
    if (kind === 'screenShare' && reason === 'denied') continue; // closed the browser's own question
    const same = problems.find((problem) => problem.reason === reason);
    if (same) {
      same.kinds.push(kind);
      same.errors.push(error);
    } else {
      problems.push({ kinds: [kind], reason, errors: [error] });
    }
  }

  return (
    <div className="cf-notices" aria-live="polite">
      {problems.map(({ kinds, reason, errors }) => (
        <p key={kinds.join()} className="cf-notice">
          <Icon name="alert" size={18} />
          <span>
            {t.deviceError(kinds, reason)}
            {reason === 'denied' && !kinds.includes('screenShare') && ` ${allowHow(t)}`}
          </span>
          <button
            type="button"
            className="cf-link"
            onClick={() => {
              for (const kind of kinds) call[kind].enable().catch(() => {});
            }}
          >
            {t.retry}
          </button>
          <button
            type="button"
            className="cf-notice__close"
            aria-label={t.dismiss}
            onClick={() => setDismissed((list) => [...list, ...errors])}
          >
            <Icon name="close" size={16} />
          </button>
        </p>
      ))}
    </div>
  );
}
