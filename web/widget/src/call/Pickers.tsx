/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { DeviceError, type Call, type CameraManager, type MicrophoneManager, type SpeakerManager } from '@confab/client';
import { playChime } from '@confab/react/plain-call';
import { useState } from 'preact/hooks';
import { useObservable } from '../ui/context.ts';
import { useCallTexts } from './texts.ts';

/** Which camera, microphone and speaker, also in later calls; and a sound to try the speaker. */
export function Pickers({ call }: { call: Call }) {
  const { lobby } = useCallTexts();
  return (
    <div class="pickers">
      <Picker manager={call.camera} label={lobby.camera} />
      <Picker manager={call.microphone} label={lobby.microphone} />
      <Picker manager={call.speaker} label={lobby.speaker} />
      <button type="button" class="link pickers-sound" onClick={() => playChime(call.speaker)}>
        {lobby.testSpeaker}
      </button>
    </div>
  );
}

interface PickerProps {
  manager: CameraManager | MicrophoneManager | SpeakerManager;
  label: string;
}

/** Not there where the browser offers no choice. */
function Picker({ manager, label }: PickerProps) {
  const { lobby } = useCallTexts();
  const devices = useObservable(manager.devices$);
  const selected = useObservable<string | undefined>(manager.state.selectedDevice$);
  const [failed, setFailed] = useState<string | undefined>();
  if (devices.length === 0 && manager.kind === 'speaker') return null;
  const known = devices.some((device) => device.deviceId === selected);
  return (
    <label class="picker">
      {label}
      <select
        value={known ? selected : (devices[0]?.deviceId ?? '')}
        disabled={devices.length === 0}
        onChange={(event) => {
          setFailed(undefined);
          manager.select(event.currentTarget.value).catch((error: unknown) => setFailed(error instanceof DeviceError ? lobby.deviceError([error.kind], error.reason) : lobby.deviceRefused));
        }}
      >
        {devices.length === 0 && <option value="">{lobby.noDevice}</option>}
        {devices.map((device, i) => (
          <option key={device.deviceId || i} value={device.deviceId}>
            {device.label || lobby.deviceNumber(label, i + 1)}
          </option>
        ))}
      </select>
      {failed && <span role="alert">{failed}</span>}
    </label>
  );
}
