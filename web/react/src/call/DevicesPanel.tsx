// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { useEffect, useRef, useState } from 'react';
import { useMessages } from '../context.tsx';
import { DevicePickers } from '../lobby/DevicePickers.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import type { Saving } from './useSaving.ts';

/** The button for camera, microphone and speaker, and the panel that it opens. Escape or a click beside it closes it. */
export function DevicesPanel({ call, saving }: { call: Call; saving: Saving }) {
  const t = useMessages();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!open) return;
    box.current?.querySelector('select')?.focus();
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);

  const onKey = (event: React.KeyboardEvent) => {
    if (event.key !== 'Escape' || !open) return;
    event.stopPropagation();
    setOpen(false);
    box.current?.querySelector('button')?.focus();
  };
  return (
    <div className="cf-devices" ref={box} onKeyDown={onKey}>
      <IconButton icon="settings" label={t.devices} look="call" aria-expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <div className="cf-devices__panel" role="group" aria-label={t.devices}>
          <DevicePickers call={call} />
          <label className="cf-check">
            <input type="checkbox" checked={saving.on} onChange={saving.on ? saving.stop : saving.start} />
            {t.call.audioOnlyHint}
          </label>
        </div>
      )}
    </div>
  );
}
