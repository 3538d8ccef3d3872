// SPDX-License-Identifier: Apache-2.0
import type { Call, Participant } from '@confab/client';
import { useRef, useState } from 'react';
import { useLasting } from '../hooks/useCallStateHooks.ts';
import { useObservable } from '../hooks/useObservable.ts';

/** A network is slow for good by then, not for a moment. */
const POOR_MS = 8000;

export interface Saving {
  /** No cameras: not one's own, not the others'. */
  on: boolean;
  /** The connection is poor, and pictures are sent or received. */
  offered: boolean;
  start(): void;
  /** Back to pictures; one's own when it was on before. */
  stop(): void;
  /** Not offered any more in this call. */
  decline(): void;
}

/** Sound only, to save bandwidth. */
export function useSaving(call: Call, participants: readonly Participant[]): Saving {
  const me = participants.find((participant) => participant.isLocal);
  const poor = useLasting(me?.connectionQuality === 'poor' || me?.connectionQuality === 'lost', POOR_MS);
  const on = !useObservable(call.state.incomingVideo$);
  const camera = useObservable(call.camera.state.optimisticStatus$) === 'enabled';
  const cameraWas = useRef(false);
  const [declined, setDeclined] = useState(false);
  const pictures = camera || participants.some((participant) => !participant.isLocal && participant.videoTrack);
  return {
    on,
    offered: poor && pictures && !on && !declined,
    start() {
      cameraWas.current = camera;
      call.setIncomingVideoEnabled(false);
      if (camera) void call.camera.disable({ remember: false });
    },
    stop() {
      call.setIncomingVideoEnabled(true);
      if (cameraWas.current) void call.camera.enable().catch(() => {}); // DeviceNotices says why
    },
    decline: () => setDeclined(true),
  };
}
