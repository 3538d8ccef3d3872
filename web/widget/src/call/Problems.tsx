/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { DeviceError, type Call, type DeviceKind } from '@confab/client';
import { useAround, useObservable } from '../ui/context.ts';

/** Why the camera, the microphone or the screen is not on, that the screen is, and that one talks into a microphone that is off. */
export function Problems({ call }: { call: Call }) {
  const { t } = useAround();
  const camera = useObservable(call.camera.state.error$);
  const microphone = useObservable(call.microphone.state.error$);
  const screenShare = useObservable(call.screenShare.state.error$);
  const talking = useObservable(call.microphone.state.speakingWhileMuted$);
  const sharing = useObservable(call.screenShare.state.status$) === 'enabled';
  const problems = (Object.entries({ camera, microphone, screenShare }) as [DeviceKind, unknown][]).flatMap(([kind, error]) => {
    if (!error) return [];
    const reason = error instanceof DeviceError ? error.reason : 'unknown';
    return kind === 'screenShare' && reason === 'denied' ? [] : t.deviceError(kind, reason); // closed the browser's own question
  });
  return (
    <div class="problems" aria-live="polite">
      {sharing && <p>{t.sharing}</p>}
      {talking && <p>{t.youAreMuted}</p>}
      {problems.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </div>
  );
}
