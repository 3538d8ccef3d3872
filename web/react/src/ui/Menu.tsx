// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Icon, type IconName } from './Icon.tsx';
import { moveInside } from './moveInside.ts';

export interface MenuItem {
  icon: IconName;
  label: string;
  act: () => void;
}

interface MenuProps {
  /** The name of the button and of the menu. */
  label: string;
  items: readonly MenuItem[];
  onOpen?: () => void;
}

/** A button with a menu behind it: arrows move, Escape closes. */
export function Menu({ label, items, onOpen }: MenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    menu.current?.querySelector('button')?.focus();
    const outside = ({ target }: Event) => {
      if (!menu.current?.contains(target as Node) && !button.current?.contains(target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' && event.key !== 'Tab') return moveInside(event);
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  return (
    <span className="cf-more cf-more--mine">
      <button
        ref={button}
        type="button"
        className="cf-notetoggle"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => {
          if (!open) onOpen?.();
          setOpen(!open);
        }}
      >
        <Icon name="more" size={20} />
      </button>
      {open && (
        <div ref={menu} className="cf-menu" role="menu" aria-label={label} onKeyDown={onKeyDown}>
          {items.map(({ icon, label: name, act }) => (
            <button
              key={name}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className="cf-menu__item"
              onClick={() => {
                close();
                act();
              }}
            >
              <Icon name={icon} size={18} /> {name}
            </button>
          ))}
        </div>
      )}
    </span>
  );
}
