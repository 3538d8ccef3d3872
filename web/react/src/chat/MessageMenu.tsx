// SPDX-License-Identifier: Apache-2.0
import type { ChatMessage } from '@confab/client';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useMessages } from '../context.tsx';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { moveInside } from '../ui/moveInside.ts';
import type { MessageActions } from './Bubble.tsx';

const QUICK = ['👍', '❤️', '😂', '🎉', '🙏', '👀'];
/** Between the menu and the edge of the list: room for its shadow. */
const MENU_GAP_PX = 20;

interface MessageMenuProps {
  message: ChatMessage;
  mine: boolean;
  open: boolean;
  onOpen: (open: boolean) => void;
  actions: MessageActions;
}

/** A button beside the message, shown on hover and focus, and its menu: arrows move, Escape closes. */
export function MessageMenu({ message, mine, open, onOpen, actions }: MessageMenuProps) {
  const t = useMessages();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const [up, setUp] = useState(false);

  // upwards, when there is no room below in what is seen of the messages
  useLayoutEffect(() => {
    const log = open ? menu.current?.closest('[role="log"]')?.getBoundingClientRect() : undefined;
    if (!menu.current || !button.current || !log) return;
    const above = button.current.getBoundingClientRect().top - log.top;
    const below = log.bottom - button.current.getBoundingClientRect().bottom;
    const needed = menu.current.offsetHeight + MENU_GAP_PX;
    setUp(below < needed && above > below);
  }, [open]);

  useEffect(() => {
    if (!open) return;
    menu.current?.querySelector('button')?.focus();
    menu.current?.scrollIntoView({ block: 'nearest' });
    const outside = (event: Event) => {
      const target = event.target as Node;
      if (!menu.current?.contains(target) && !button.current?.contains(target)) onOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open, onOpen]);

  const run = (act: () => void) => () => {
    onOpen(false);
    button.current?.focus();
    act();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' || event.key === 'Tab') {
      if (event.key === 'Escape') event.preventDefault();
      event.stopPropagation();
      onOpen(false);
      button.current?.focus();
    } else moveInside(event);
  };
  const item = (icon: IconName, label: string, act: () => void) => (
    <button type="button" role="menuitem" tabIndex={-1} className="cf-menu__item" onClick={run(act)}>
      <Icon name={icon} size={18} /> {label}
    </button>
  );

  return (
    <span className={`cf-more ${mine ? 'cf-more--mine' : ''}`}>
      <button
        ref={button}
        type="button"
        className="cf-more__button"
        aria-label={t.messageOptions}
        title={t.messageOptions}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => onOpen(!open)}
      >
        <Icon name="more" size={18} />
      </button>
      {open && (
        <div ref={menu} className={`cf-menu ${up ? 'cf-menu--up' : ''}`} role="menu" aria-label={t.messageOptions} onKeyDown={onKeyDown}>
          <div className="cf-menu__quick" role="group" aria-label={t.react}>
            {QUICK.map((type) => (
              <button
                key={type}
                type="button"
                role="menuitem"
                tabIndex={-1}
                className="cf-menu__emoji"
                aria-label={t.reactWith(type)}
                onClick={run(() => actions.react(message, type))}
              >
                {type}
              </button>
            ))}
          </div>
          {item('reply', t.reply, () => actions.reply(message))}
          {item('copy', t.copyText, () => void navigator.clipboard?.writeText(message.text).catch(() => {}))}
          {!mine && actions.markUnread && item('unread', t.markUnread, () => actions.markUnread?.(message))}
          {actions.canEdit(message) && item('edit', t.edit, () => actions.edit(message))}
          {actions.canReport(message) && item('flag', t.moderation.report, () => actions.report(message))}
          {actions.canDelete(message) && item('trash', t.delete, () => actions.remove(message))}
        </div>
      )}
    </span>
  );
}
