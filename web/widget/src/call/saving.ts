// SPDX-License-Identifier: Apache-2.0
import type { Call, Participant } from '@confab/client';
import { useRef } from 'preact/hooks';
import { useObservable } from '../ui/context.ts';
import { useLasting } from '../ui/lasting.ts';

/** A network is slow for good by then, not for a moment. */
const POOR_MS = 8000;

export interface Saving {
  /** Sound only: no pictures, neither one's own nor the others'. */
  on: boolean;
  /** The connection is poor, and pictures are sent or received. */
  offered: boolean;
  /** Into it, or back to pictures; one's own when it was on before. */
  turn(): void;
}

export function useSaving(call: Call, participants: readonly Participant[]): Saving {
  const quality = participants.find((participant) => participant.isLocal)?.connectionQuality;
  const poor = useLasting(quality === 'poor' || quality === 'lost', POOR_MS);
  const on = !useObservable(call.state.incomingVideo$);
  const camera = useObservable(call.camera.state.optimisticStatus$) === 'enabled';
  const cameraWas = useRef(false);
  const pictures = camera || participants.some((participant) => !participant.isLocal && participant.videoTrack);
  return {
    on,
    offered: poor && pictures && !on,
    turn() {
      call.setIncomingVideoEnabled(on);
      if (!on) cameraWas.current = camera;
      if (!on && camera) void call.camera.disable({ remember: false });
      if (on && cameraWas.current) void call.camera.enable().catch(() => {}); // Problems says why
    },
  };
}
