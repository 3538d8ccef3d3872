// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { useEffect, useRef, useState } from 'react';
import { useMessages } from '../context.tsx';
import { DeviceLinkDialog } from '../handover/DeviceLinkDialog.tsx';
import type { Handover } from '../handover/useHandover.ts';
import { DevicePickers } from '../lobby/DevicePickers.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import type { Saving } from './useSaving.ts';

interface DevicesPanelProps {
  call: Call;
  saving: Saving;
  handover: Handover;
}

/** The button for camera, microphone, speaker and one's other device, and the panel that it opens. Escape or a click beside it closes it. */
export function DevicesPanel({ call, saving, handover }: DevicesPanelProps) {
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

  const close = () => {
    setOpen(false);
    box.current?.querySelector('button')?.focus();
  };
  const onKey = (event: React.KeyboardEvent) => {
    if (handover.shown) return event.stopPropagation(); // the dialog has its own keys
    if (event.key !== 'Escape' || !open) return;
    event.stopPropagation();
    close();
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
          {handover.begin && (
            <button
              type="button"
              className="cf-button cf-button--small cf-button--quiet cf-devices__other"
              onClick={() => {
                close();
                handover.begin?.();
              }}
            >
              <Icon name="phone" size={18} /> {t.handover.title}
            </button>
          )}
        </div>
      )}
      {handover.shown && <DeviceLinkDialog cid={call.cid} onClose={handover.end} />}
    </div>
  );
}
