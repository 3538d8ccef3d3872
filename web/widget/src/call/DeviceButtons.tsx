/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import type { Call, Capability } from '@confab/client';
import { IconButton } from '../ui/Icon.tsx';
import { useObservable } from '../ui/context.ts';
import { cameraOff, flip, micOff } from './icons.ts';
import { useCallTexts } from './texts.ts';

/** Errors are told by Problems. */
const quiet = (what: Promise<unknown>): void => void what.catch(() => {});

export function useMay(call: Call): (capability: Capability) => boolean {
  const own = useObservable(call.state.ownCapabilities$);
  return (capability) => own.length === 0 || own.includes(capability); // not known yet: as if
}

/** Microphone and camera on and off, and on a phone the other camera. The buttons show what was asked for at once. */
export function DeviceButtons({ call }: { call: Call }) {
  const { t } = useCallTexts();
  const microphone = useObservable(call.microphone.state.optimisticStatus$) === 'enabled';
  const camera = useObservable(call.camera.state.optimisticStatus$) === 'enabled';
  const may = useMay(call);
  const phone = matchMedia('(pointer: coarse)').matches;
  return (
    <>
      {may('send-audio') && (
        <IconButton icon={microphone ? 'mic' : micOff} label={microphone ? t.mute : t.unmute} class={microphone ? '' : 'is-off'} onClick={() => quiet(call.microphone.toggle())} />
      )}
      {may('send-video') && (
        <IconButton icon={camera ? 'camera' : cameraOff} label={camera ? t.cameraOff : t.cameraOn} class={camera ? '' : 'is-off'} onClick={() => quiet(call.camera.toggle())} />
      )}
      {may('send-video') && camera && phone && <IconButton icon={flip} label={t.flip} onClick={() => quiet(call.camera.flip())} />}
    </>
  );
}
