// SPDX-License-Identifier: Apache-2.0
import type { CameraManager, MicrophoneManager, SpeakerManager } from '@confab/client';
import { useId, useState } from 'react';
import { useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';

interface DevicePickerProps {
  manager: CameraManager | MicrophoneManager | SpeakerManager;
  label: string;
}

/** A list of cameras, microphones or speakers. Not there where the browser offers no choice. */
export function DevicePicker({ manager, label }: DevicePickerProps) {
  const t = useMessages();
  const id = useId();
  const devices = useObservable(manager.devices$);
  const selected = useObservable<string | undefined>(manager.state.selectedDevice$);
  const [failed, setFailed] = useState<string | undefined>();
  if (devices.length === 0 && manager.kind === 'speaker') return null;
  const known = devices.some((device) => device.deviceId === selected);

  const choose = (deviceId: string) => {
    setFailed(undefined);
    manager.select(deviceId).catch((error: Error) => setFailed(error.message));
  };
  return (
    <div className="cf-picker">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={known ? selected : (devices[0]?.deviceId ?? '')}
        disabled={devices.length === 0}
        aria-describedby={failed ? `${id}-error` : undefined}
        onChange={(event) => choose(event.target.value)}
      >
        {devices.length === 0 && <option value="">{t.noDevice}</option>}
        {devices.map((device, i) => (
          <option key={device.deviceId || i} value={device.deviceId}>
            {device.label || t.deviceNumber(label, i + 1)}
          </option>
        ))}
      </select>
      {failed && (
        <p className="cf-picker__error" id={`${id}-error`} role="alert">
          {failed}
        </p>
      )}
    </div>
  );
}
