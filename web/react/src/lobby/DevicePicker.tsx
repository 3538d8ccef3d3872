// SPDX-License-Identifier: Apache-2.0
import { DeviceError, type CameraManager, type MicrophoneManager, type SpeakerManager } from '@confab/client';
import { useId, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';

interface DevicePickerProps {
  manager: CameraManager | MicrophoneManager | SpeakerManager;
  label: string;
  /** What belongs to the device, below the list. */
  children?: ReactNode;
}

/** A list of cameras, microphones or speakers. Not there where the browser offers no choice. */
export function DevicePicker({ manager, label, children }: DevicePickerProps) {
  const t = useMessages();
  const id = useId();
  const devices = useObservable(manager.devices$);
  const selected = useObservable<string | undefined>(manager.state.selectedDevice$);
  const [failed, setFailed] = useState<string | undefined>();
  const track = useTrack(manager);
  if (devices.length === 0 && manager.kind === 'speaker') return null;
  const known = devices.some((device) => device.deviceId === selected);

  const choose = (deviceId: string) => {
    setFailed(undefined);
    manager.select(deviceId).catch((error: unknown) => setFailed(error instanceof DeviceError ? t.deviceError([error.kind], error.reason) : t.deviceRefused));
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
        {/* one that is in use is there, also before the browser has listed them */}
        {devices.length === 0 && <option value="">{track?.label || t.noDevice}</option>}
        {devices.map((device, i) => (
          <option key={device.deviceId || i} value={device.deviceId}>
            {device.label || t.deviceNumber(label, i + 1)}
          </option>
        ))}
      </select>
      {children && <div className="cf-picker__more">{children}</div>}
      {failed && (
        <p className="cf-picker__error" id={`${id}-error`} role="alert">
          {failed}
        </p>
      )}
    </div>
  );
}

/** What the device sends now; a speaker sends nothing. */
function useTrack({ state }: DevicePickerProps['manager']): MediaStreamTrack | undefined {
  const track$ = 'track$' in state ? state.track$ : undefined;
  return useSyncExternalStore(track$?.onChange ?? never, track$?.get ?? nothing, track$?.get ?? nothing);
}

const never = () => () => {};
const nothing = () => undefined;
