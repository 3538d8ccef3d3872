// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { useMessages } from '../context.tsx';
import { DevicePicker } from './DevicePicker.tsx';

export function DevicePickers({ call }: { call: Call }) {
  const t = useMessages();
  return (
    <div className="cf-pickers">
      <DevicePicker manager={call.camera} label={t.camera} />
      <DevicePicker manager={call.microphone} label={t.microphone} />
      <DevicePicker manager={call.speaker} label={t.speaker} />
    </div>
  );
}
