// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { useMessages } from '../context.tsx';
import { useMedia } from '../hooks/useMedia.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { useToast } from '../ui/Toasts.tsx';

/** To the camera on the other side; for what is held in a hand and has more than one. */
export function FlipButton({ call }: { call: Call }) {
  const t = useMessages();
  const toast = useToast();
  const inHand = useMedia('(pointer: coarse)');
  const on = useObservable(call.camera.state.optimisticStatus$) === 'enabled';
  const several = useObservable(call.camera.devices$).length > 1;
  if (!inHand || !on || !several) return null;
  return <IconButton icon="flip" label={t.call.flip} look="call" onClick={() => void call.camera.flip().catch(() => toast(t.actionFailed, 'problem'))} />;
}
