// SPDX-License-Identifier: Apache-2.0
import type { Call, Participant } from '@confab/client';
import { useEffect, useRef, useState } from 'react';
import { useDeviceLink, useVideoClient } from '../context.tsx';

export interface Handover {
  /** Shows the code; undefined where the application makes no links. */
  begin: (() => void) | undefined;
  /** The code is shown. */
  shown: boolean;
  end(): void;
  /** One came in from the other device, and has not said what becomes of this one. */
  arrived: boolean;
  stay(): void;
}

/**
 * One's way from this device to another one in the same call. Two of them beside each other would howl: as soon as the other one
 * is in, this one is silent, until one leaves here or says that one stays.
 */
export function useHandover(call: Call, participants: readonly Participant[]): Handover {
  const make = useDeviceLink();
  const me = useVideoClient().state.connectedUser?.id;
  /** One's own other connections that are no news; undefined: no code was shown yet. */
  const [known, setKnown] = useState<readonly string[] | undefined>();
  const [shown, setShown] = useState(false);
  const own = participants.filter((participant) => !participant.isLocal && participant.userId === me).map(({ sessionId }) => sessionId);
  const arrived = known !== undefined && own.some((id) => !known.includes(id));
  useSilence(call, arrived);
  useEffect(() => {
    if (arrived) setShown(false);
  }, [arrived]);
  const begin = () => {
    setKnown(own);
    setShown(true);
  };
  return { begin: make && begin, shown, end: () => setShown(false), arrived, stay: () => setKnown(own) };
}

function useSilence(call: Call, silent: boolean): void {
  const spoke = useRef(false);
  useEffect(() => {
    if (!silent) return;
    spoke.current = call.microphone.state.optimisticStatus === 'enabled';
    void call.microphone.disable({ remember: false }).catch(() => {});
    void call.speaker.disable();
    return () => void call.speaker.enable();
  }, [call, silent]);
  useEffect(() => {
    if (silent || !spoke.current) return;
    spoke.current = false;
    call.microphone.enable().catch(() => {}); // told where devices are
  }, [call, silent]);
}
