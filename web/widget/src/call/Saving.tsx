/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import type { Call, Participant } from '@confab/client';
import { useRef } from 'preact/hooks';
import { useAround, useObservable } from '../ui/context.ts';
import { useLasting } from '../ui/lasting.ts';

/** A network is slow for good by then, not for a moment. */
const POOR_MS = 8000;

/** Offers sound only while the connection is poor, and the way back. The button stays: so does the focus. */
export function Saving({ call, participants }: { call: Call; participants: readonly Participant[] }) {
  const { t } = useAround();
  const quality = participants.find((participant) => participant.isLocal)?.connectionQuality;
  const bad = quality === 'poor' || quality === 'lost';
  const on = !useObservable(call.state.incomingVideo$);
  const camera = useObservable(call.camera.state.optimisticStatus$) === 'enabled';
  const cameraWas = useRef(false);
  const poor = useLasting(bad, POOR_MS);

  const pictures = camera || participants.some((participant) => !participant.isLocal && participant.videoTrack);
  const turn = () => {
    call.setIncomingVideoEnabled(on);
    if (!on) cameraWas.current = camera;
    if (!on && camera) void call.camera.disable({ remember: false });
    if (on && cameraWas.current) void call.camera.enable().catch(() => {});
  };
  return (
    <div class="problems" aria-live="polite">
      {(on || (poor && pictures)) && (
        <p>
          {on ? t.audioOnlyIsOn : t.poorConnection}
          <button type="button" class="link" onClick={turn}>
            {on ? t.videoAgain : t.audioOnly}
          </button>
        </p>
      )}
    </div>
  );
}
