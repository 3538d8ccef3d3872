// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { useEffect, useRef, useState } from 'react';
import { useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { pictureOf, REACTIONS } from './Reactions.tsx';

/** The button for reactions, where the call lets one send them. */
export function ReactionsMenu({ call }: { call: Call }) {
  const t = useMessages();
  const own = useObservable(call.state.ownCapabilities$);
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>('.cf-emotes button')?.focus();
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  if (!own.includes('create-reaction')) return null;

  const close = () => {
    setOpen(false);
    box.current?.querySelector('button')?.focus();
  };
  return (
    <div
      className="cf-devices"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        close();
      }}
    >
      <IconButton icon="smile" label={t.reactions} look="call" aria-expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <div className="cf-devices__panel cf-emotes" role="group" aria-label={t.reactions}>
          {REACTIONS.map((type) => (
            <button
              key={type}
              type="button"
              aria-label={t.reaction(type)}
              onClick={() => {
                void call.sendReaction({ type }).catch(() => {});
                close();
              }}
            >
              {pictureOf(type)}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
