// SPDX-License-Identifier: Apache-2.0
import type { Call, Capability, Participant } from '@confab/client';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { moveInside } from '../ui/moveInside.ts';

/** What one may do about somebody in the call: mute, remove, block. Not there for who may do none of it. */
export function ParticipantMenu({ call, participant }: { call: Call; participant: Participant }) {
  const t = useMessages();
  const own = useObservable(call.state.ownCapabilities$);
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    menu.current?.querySelector('button')?.focus();
    const outside = (event: Event) => {
      const target = event.target as Node;
      if (!menu.current?.contains(target) && !button.current?.contains(target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);

  const { userId, name } = participant;
  const all: { needs: Capability; icon: IconName; label: string; act: () => Promise<void> }[] = [
    { needs: 'mute-users', icon: 'micOff', label: t.muteThem, act: () => call.muteUser(userId, 'audio') },
    { needs: 'mute-users', icon: 'cameraOff', label: t.cameraOffThem, act: () => call.muteUser(userId, 'video') },
    { needs: 'kick-user', icon: 'hangUp', label: t.removeThem, act: () => call.kickUser(userId) },
    { needs: 'block-users', icon: 'lock', label: t.blockThem, act: () => call.blockUser(userId) },
  ];
  const items = all.filter(({ needs }) => own.includes(needs));
  if (items.length === 0) return null;

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' || event.key === 'Tab') {
      if (event.key === 'Escape') event.preventDefault();
      event.stopPropagation();
      close();
    } else moveInside(event);
  };
  return (
    <span className="cf-tile__menu">
      <button
        ref={button}
        type="button"
        className="cf-tile__more"
        aria-label={t.optionsFor(name)}
        title={t.optionsFor(name)}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" size={20} />
      </button>
      {open && (
        <div ref={menu} className="cf-menu" role="menu" aria-label={t.optionsFor(name)} onKeyDown={onKeyDown}>
          {items.map(({ icon, label, act }) => (
            <button
              key={label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className="cf-menu__item"
              onClick={() => {
                close();
                act().catch(() => {}); // gone meanwhile: nothing is left to do
              }}
            >
              <Icon name={icon} size={18} /> {label}
            </button>
          ))}
        </div>
      )}
    </span>
  );
}
