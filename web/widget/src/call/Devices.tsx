/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../ui/Icon.tsx';
import { useBackButton } from '../ui/phone.ts';
import { Pickers } from './Pickers.tsx';
import type { Saving } from './saving.ts';
import { useCallTexts } from './texts.ts';
import { sliders } from './icons.ts';

/** The button for camera, microphone and speaker, and the panel that it opens. Escape, a phone's way back or a press beside it closes it. */
export function Devices({ call, saving }: { call: Call; saving: Saving }) {
  const words = useCallTexts();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector('select')?.focus();
    const beside = (event: Event) => box.current && !event.composedPath().includes(box.current) && setOpen(false);
    document.addEventListener('pointerdown', beside);
    return () => document.removeEventListener('pointerdown', beside);
  }, [open]);
  useBackButton(open, () => setOpen(false));
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !open) return;
    event.stopPropagation();
    event.preventDefault(); // or a touch screen's way back, which Escape is too, makes the call small
    setOpen(false);
    box.current?.querySelector('button')?.focus();
  };
  return (
    <div ref={box} class="devices" onKeyDown={onKey}>
      <IconButton icon={sliders} label={words.lobby.devices} expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <div class="devices-panel" role="group" aria-label={words.lobby.devices}>
          <Pickers call={call} />
          <label class="check">
            <input type="checkbox" checked={saving.on} onChange={saving.turn} />
            {words.call.audioOnlyHint}
          </label>
        </div>
      )}
    </div>
  );
}
