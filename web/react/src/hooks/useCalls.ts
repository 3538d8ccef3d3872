// SPDX-License-Identifier: Apache-2.0
import { ringSide, type Call, type ConnectionState, type RingSide, type UserObject, type VideoClient } from '@confab/client';
import { useMemo, useSyncExternalStore } from 'react';
import { useVideoClient } from '../context.tsx';
import { useObservable } from './useObservable.ts';

/** Every call that the client holds a handle on. */
export function useCalls(): readonly Call[] {
  return useObservable(useVideoClient().state.calls$);
}

export function useConnectedUser(): UserObject | undefined {
  return useObservable(useVideoClient().state.connectedUser$);
}

export function useConnectionState(): ConnectionState {
  return useObservable(useVideoClient().state.connectionState$);
}

/** The calls that ring right now, from one side; the oldest first. */
export function useRingingCalls(side: Exclude<RingSide, undefined>): readonly Call[] {
  const client = useVideoClient();
  const source = useMemo(() => ringingSource(client, side), [client, side]);
  return useSyncExternalStore(source.listen, source.get, source.get);
}

function ringingSource(client: VideoClient, side: RingSide) {
  let last: readonly Call[] = [];
  const get = () => {
    const me = client.state.connectedUser?.id;
    const now = client.state.calls.filter((call) => call.ringing && ringSide(call.state.ring, me) === side);
    if (now.length !== last.length || now.some((call, i) => call !== last[i])) last = now;
    return last;
  };
  const listen = (changed: () => void) => {
    let stops: (() => void)[] = [];
    const watch = () => {
      for (const stop of stops) stop();
      stops = client.state.calls.map((call) => call.state.callingState$.onChange(changed));
    };
    watch();
    const stop = client.state.calls$.onChange(() => {
      watch();
      changed();
    });
    return () => {
      stop();
      for (const stopCall of stops) stopCall();
    };
  };
  return { get, listen };
}
