// SPDX-License-Identifier: Apache-2.0
/** A small picture over a large one: it is dragged into a corner, tapped into the next one, or moved by the arrow keys. */
import { useRef, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';

export interface Corner {
  block: 'start' | 'end';
  inline: 'start' | 'end';
}

/** A finger that moves less has tapped. */
const TAP_PX = 6;

/** Clockwise, where one reads from left to right. */
export function nextCorner({ block, inline }: Corner): Corner {
  return block === inline ? { block, inline: inline === 'end' ? 'start' : 'end' } : { block: block === 'end' ? 'start' : 'end', inline };
}

/** The corner of `room` that the middle of `box` is nearest to. */
export function nearestCorner(box: DOMRect, room: DOMRect, rtl: boolean): Corner {
  const left = box.left + box.width / 2 < room.left + room.width / 2;
  return {
    block: box.top + box.height / 2 < room.top + room.height / 2 ? 'start' : 'end',
    inline: left === rtl ? 'end' : 'start',
  };
}

interface CornerHandlers {
  onPointerDown(event: PointerEvent<HTMLElement>): void;
  onKeyDown(event: KeyboardEvent<HTMLElement>): void;
}

/** `onCorner` says where it belongs from now on; while it is dragged it follows the pointer. */
export function useCorner(picture: RefObject<HTMLElement | null>, corner: Corner | undefined, onCorner: (corner: Corner) => void): CornerHandlers {
  const now = useRef({ corner, onCorner });
  now.current = { corner, onCorner };
  const isRtl = () => picture.current !== null && getComputedStyle(picture.current).direction === 'rtl';
  return {
    onPointerDown(event) {
      const element = picture.current;
      const room = element?.parentElement;
      if (!element || !room || !corner || event.button !== 0 || (event.target as Element).closest('button')) return;
      const start = { x: event.clientX, y: event.clientY };
      const inside = { box: element.getBoundingClientRect(), room: room.getBoundingClientRect() };
      let moved = false;
      const move = ({ clientX, clientY }: globalThis.PointerEvent) => {
        const [x, y] = [clientX - start.x, clientY - start.y];
        moved ||= Math.hypot(x, y) >= TAP_PX;
        if (!moved) return;
        const { box, room: edges } = inside;
        const at = [clamp(x, edges.left - box.left, edges.right - box.right), clamp(y, edges.top - box.top, edges.bottom - box.bottom)];
        element.style.translate = at.map((px) => `${px}px`).join(' ');
      };
      const end = ({ type, pointerType }: globalThis.PointerEvent) => {
        for (const [name, listener] of listeners) element.removeEventListener(name, listener);
        const place = moved ? nearestCorner(element.getBoundingClientRect(), room.getBoundingClientRect(), isRtl()) : undefined;
        element.style.translate = '';
        if (type === 'pointercancel') return;
        const { corner: from, onCorner: tell } = now.current;
        if (place) tell(place);
        else if (from && pointerType !== 'mouse') tell(nextCorner(from)); // with a mouse there is the button
      };
      const listeners = [['pointermove', move], ['pointerup', end], ['pointercancel', end]] as const;
      element.setPointerCapture(event.pointerId);
      for (const [name, listener] of listeners) element.addEventListener(name, listener);
    },
    onKeyDown(event) {
      if (!corner) return;
      const to = arrows(event.key, isRtl());
      if (!to) return;
      event.preventDefault();
      event.stopPropagation();
      onCorner({ ...corner, ...to });
    },
  };
}

function arrows(key: string, rtl: boolean): Partial<Corner> | undefined {
  switch (key) {
    case 'ArrowUp':
      return { block: 'start' };
    case 'ArrowDown':
      return { block: 'end' };
    case 'ArrowLeft':
      return { inline: rtl ? 'end' : 'start' };
    case 'ArrowRight':
      return { inline: rtl ? 'start' : 'end' };
    default:
      return undefined;
  }
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));
