// SPDX-License-Identifier: Apache-2.0
import { DeviceError, type Call, type DeviceManager } from '@confab/client';
import { useState } from 'react';
import { useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import { Icon } from '../ui/Icon.tsx';

/** Why the camera, the microphone or the screen is not on. */
export function DeviceNotices({ call }: { call: Call }) {
  return (
    <div className="cf-notices" aria-live="polite">
      <Notice device={call.camera} />
      <Notice device={call.microphone} />
      <Notice device={call.screenShare} />
    </div>
  );
}

function Notice({ device }: { device: DeviceManager }) {
  const t = useMessages();
  const error = useObservable(device.state.error$);
  const [dismissed, setDismissed] = useState<unknown>();
  if (!error || error === dismissed) return null;
  const reason = error instanceof DeviceError ? error.reason : 'unknown';
  if (device.kind === 'screenShare' && reason === 'denied') return null; // closed the browser's own question
  return (
    <p className="cf-notice">
      <Icon name="alert" size={18} />
      <span className="cf-notice__text">{t.deviceError(device.kind, reason)}</span>
      <button type="button" className="cf-link" onClick={() => void device.enable().catch(() => {})}>
        {t.retry}
      </button>
      <button type="button" className="cf-notice__close" aria-label={t.dismiss} onClick={() => setDismissed(error)}>
        <Icon name="close" size={16} />
      </button>
    </p>
  );
}
