// SPDX-License-Identifier: Apache-2.0
/** Several conversations of the list chosen at once: by checkbox, Ctrl or Shift and click, X, or a long press. */
import { useCallback, useEffect, useMemo, useRef, useState, type DOMAttributes, type MouseEvent, type PointerEvent } from 'react';
import { isShortcut } from '../call/callKeys.ts';
import { useShortcuts } from '../context.tsx';

const LONG_PRESS_MS = 450;
/** A finger that moves farther scrolls. */
const STILL_PX = 10;

type RowHandlers = Pick<DOMAttributes<HTMLButtonElement>, 'onClick' | 'onPointerDown' | 'onPointerMove' | 'onPointerUp' | 'onPointerCancel' | 'onContextMenu'>;

export interface Picking {
  readonly picked: ReadonlySet<string>;
  /** With `range` all from the one that was picked last. */
  toggle(id: string, range?: boolean): void;
  pickAll(): void;
  keep(ids: readonly string[]): void;
  /** Of a row, whose plain click is `onSelect`. */
  handlers(id: string, onSelect: () => void): RowHandlers;
}

/** `ids`: the list as it is on the screen. What leaves it is picked no longer. */
export function usePicking(ids: readonly string[]): Picking {
  const shortcuts = useShortcuts();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set());
  const last = useRef<string>(undefined);
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | undefined>(undefined);
  const touched = useRef(false);
  /** The click that ends a long press is none. */
  const swallow = useRef(false);
  const shown = useRef(ids);
  useEffect(() => {
    shown.current = ids;
  });

  const toggle = useCallback((id: string, range = false) => {
    const from = last.current === undefined ? -1 : shown.current.indexOf(last.current);
    const to = shown.current.indexOf(id);
    last.current = id;
    setChosen((before) => {
      const after = new Set(before);
      if (range && from >= 0 && to >= 0) for (const one of shown.current.slice(Math.min(from, to), Math.max(from, to) + 1)) after.add(one);
      else if (!after.delete(id)) after.add(id);
      return after;
    });
  }, []);
  const letGo = useCallback(() => {
    clearTimeout(press.current?.timer);
    press.current = undefined;
  }, []);
  useEffect(() => letGo, [letGo]);

  const key = ids.join('\n');
  const picked = useMemo(() => new Set(key.split('\n').filter((id) => chosen.has(id))), [key, chosen]);
  const any = picked.size > 0;

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || document.querySelector('[aria-modal="true"]')) return;
      if (event.key === 'Escape' && any && !(event.target as Element | null)?.closest?.('textarea, input:not([type="checkbox"]), .cf-popup, .cf-menu')) {
        setChosen(new Set());
        return;
      }
      if (!shortcuts || event.shiftKey || event.key !== 'x' || !isShortcut(event)) return;
      const row = '[data-conversation]';
      const at = document.activeElement?.closest(row) ?? document.querySelector(`${row} [aria-current="true"]`)?.closest(row);
      const id = at?.getAttribute('data-conversation');
      if (!id) return;
      event.preventDefault();
      toggle(id);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [shortcuts, any, toggle]);

  return useMemo(() => {
    const handlers = (id: string, onSelect: () => void): RowHandlers => ({
      onClick: (event: MouseEvent) => {
        if (swallow.current) swallow.current = false;
        else if (event.shiftKey && any) toggle(id, true);
        else if (event.ctrlKey || event.metaKey || event.shiftKey || (any && touched.current)) toggle(id);
        else onSelect();
      },
      onPointerDown: ({ pointerType, clientX: x, clientY: y }: PointerEvent) => {
        letGo();
        swallow.current = false;
        touched.current = pointerType === 'touch';
        if (!touched.current || any) return;
        const timer = setTimeout(() => {
          press.current = undefined;
          swallow.current = true;
          toggle(id);
        }, LONG_PRESS_MS);
        press.current = { timer, x, y };
      },
      onPointerMove: ({ clientX, clientY }: PointerEvent) => {
        const at = press.current;
        if (at && Math.hypot(clientX - at.x, clientY - at.y) > STILL_PX) letGo();
      },
      onPointerUp: letGo,
      onPointerCancel: letGo,
      // the system's own menu of a long press would lie over it
      onContextMenu: (event: MouseEvent) => touched.current && event.preventDefault(),
    });
    return {
      picked,
      toggle,
      pickAll: () => setChosen(new Set(shown.current)),
      keep: (kept) => setChosen(new Set(kept)),
      handlers,
    };
  }, [picked, any, toggle, letGo]);
}
