// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import { IconButton } from '../ui/IconButton.tsx';

/** Shows what was asked for at once; errors are told by DeviceNotices. */
export function DeviceButton({ call, kind }: { call: Call; kind: 'camera' | 'microphone' }) {
  const t = useMessages();
  const on = useObservable(call[kind].state.optimisticStatus$) === 'enabled';
  const { icon, label } =
    kind === 'microphone'
      ? { icon: on ? ('mic' as const) : ('micOff' as const), label: on ? t.mute : t.unmute }
      : { icon: on ? ('camera' as const) : ('cameraOff' as const), label: on ? t.cameraOff : t.cameraOn };
  return <IconButton icon={icon} label={label} look={on ? 'call' : 'callOff'} onClick={() => void call[kind].toggle().catch(() => {})} />;
}
