/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { DeviceError, type Call, type DeviceErrorReason, type DeviceKind } from '@confab/client';
import { browserKind } from '@confab/react/plain-call';
import { useObservable } from '../ui/context.ts';
import { useCallTexts } from './texts.ts';

interface Problem {
  kinds: DeviceKind[];
  reason: DeviceErrorReason;
}

/** Why the camera, the microphone or the screen is not on and what helps, that the screen is, and that one talks into a microphone that is off. */
export function Problems({ call }: { call: Call }) {
  const { t } = useCallTexts();
  const words = useCallTexts();
  const talking = useObservable(call.microphone.state.speakingWhileMuted$);
  const sharing = useObservable(call.screenShare.state.status$) === 'enabled';
  const problems = useProblems(call);
  return (
    <div class="problems" aria-live="polite">
      {sharing && <p>{t.sharing}</p>}
      {talking && <p>{t.youAreMuted}</p>}
      {problems.map(({ kinds, reason }) => (
        <p key={kinds.join()}>
          {words.lobby.deviceError(kinds, reason)}
          {reason === 'denied' && !kinds.includes('screenShare') && ` ${words.call.allowHow[browserKind() ?? 'other']}`}
          <button
            type="button"
            class="link"
            onClick={() => {
              for (const kind of kinds) call[kind].enable().catch(() => {});
            }}
          >
            {t.retry}
          </button>
        </p>
      ))}
    </div>
  );
}

/** What has the same reason is said once. */
function useProblems(call: Call): Problem[] {
  const camera = useObservable(call.camera.state.error$);
  const microphone = useObservable(call.microphone.state.error$);
  const screenShare = useObservable(call.screenShare.state.error$);
  const problems: Problem[] = [];
  for (const [kind, error] of Object.entries({ camera, microphone, screenShare }) as [DeviceKind, unknown][]) {
    const reason = error instanceof DeviceError ? error.reason : 'unknown';
    if (!error || (kind === 'screenShare' && reason === 'denied')) continue; // closed the browser's own question
    const same = problems.find((problem) => problem.reason === reason);
    if (same) same.kinds.push(kind);
    else problems.push({ kinds: [kind], reason });
  }
  return problems;
}
