// SPDX-License-Identifier: Apache-2.0
/** One hook for each value of the call around the component; each renders anew only when its value changes. */
import type { Call, DeviceStatus } from '@confab/client';
import { useEffect, useState } from 'react';
import { useCall } from '../context.tsx';
import { useObservable } from './useObservable.ts';

function useTheCall(): Call {
  const call = useCall();
  if (!call) throw new Error('Wrap the component in <CallProvider call={…}>.');
  return call;
}

const isOn = (status: DeviceStatus) => status === 'enabled';

const hooks = {
  useCallCallingState: () => useObservable(useTheCall().state.callingState$),
  useParticipants: () => useObservable(useTheCall().state.participants$),
  useLocalParticipant: () => useObservable(useTheCall().state.participants$).find((p) => p.isLocal),
  useRemoteParticipants: () => useObservable(useTheCall().state.participants$).filter((p) => !p.isLocal),
  useParticipantCount: () => useObservable(useTheCall().state.participants$).length,
  useCallMembers: () => useObservable(useTheCall().state.members$),
  useCallSession: () => useObservable(useTheCall().state.session$),
  useCallSettings: () => useObservable(useTheCall().state.settings$),
  useCallCustomData: () => useObservable(useTheCall().state.custom$),
  useIsCallLive: () => !useObservable(useTheCall().state.backstage$),
  useCallRing: () => useObservable(useTheCall().state.ring$),
  useOwnCapabilities: () => useObservable(useTheCall().state.ownCapabilities$),
  /** Whether this user has all of these rights on the call. */
  useHasPermissions: (...capabilities: string[]) => {
    const own = useObservable(useTheCall().state.ownCapabilities$);
    return capabilities.every((capability) => own.includes(capability));
  },
  usePermissionRequests: () => useObservable(useTheCall().state.permissionRequests$),
  useCallStartedAt: () => useObservable(useTheCall().state.startedAt$),
  useCallJoinedAt: () => useObservable(useTheCall().state.joinedAt$),

  useCameraState() {
    const { camera } = useTheCall();
    return {
      camera,
      status: useObservable(camera.state.status$),
      isOn: isOn(useObservable(camera.state.optimisticStatus$)),
      error: useObservable(camera.state.error$),
      track: useObservable(camera.state.track$),
      direction: useObservable(camera.state.direction$),
      permission: useObservable(camera.state.permission$),
      devices: useObservable(camera.devices$),
      selectedDevice: useObservable(camera.state.selectedDevice$),
    };
  },
  useMicrophoneState() {
    const { microphone } = useTheCall();
    return {
      microphone,
      status: useObservable(microphone.state.status$),
      isOn: isOn(useObservable(microphone.state.optimisticStatus$)),
      error: useObservable(microphone.state.error$),
      track: useObservable(microphone.state.track$),
      isSpeakingWhileMuted: useObservable(microphone.state.speakingWhileMuted$),
      permission: useObservable(microphone.state.permission$),
      devices: useObservable(microphone.devices$),
      selectedDevice: useObservable(microphone.state.selectedDevice$),
    };
  },
  useScreenShareState() {
    const { screenShare } = useTheCall();
    return {
      screenShare,
      status: useObservable(screenShare.state.status$),
      isOn: isOn(useObservable(screenShare.state.optimisticStatus$)),
      error: useObservable(screenShare.state.error$),
    };
  },
  useSpeakerState() {
    const { speaker } = useTheCall();
    return {
      speaker,
      isOn: useObservable(speaker.state.status$) === 'enabled',
      volume: useObservable(speaker.state.volume$),
      devices: useObservable(speaker.devices$),
      selectedDevice: useObservable(speaker.state.selectedDevice$),
    };
  },
};

/** The hooks, always the same object: `const { useParticipants } = useCallStateHooks()`. */
export function useCallStateHooks(): typeof hooks {
  return hooks;
}

/** Whether a status has been what it is for `ms` milliseconds: for notices that must not flicker. */
export function useLasting(value: boolean, ms: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!value) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return lasting;
}
