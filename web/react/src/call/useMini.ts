// SPDX-License-Identifier: Apache-2.0
/** The place of a small window over the page: dragged by its bar, or moved by the arrow keys. */
import { useEffect, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';

const STEP_PX = 32;
const MARGIN_PX = 8;

/** How far it has been moved from its corner. It is kept while the call lasts, also when the window is large meanwhile. */
interface Place {
  x: number;
  y: number;
}

export interface MiniHandlers {
  onPointerDown(event: PointerEvent<HTMLElement>): void;
  onKeyDown(event: KeyboardEvent<HTMLElement>): void;
}

export function useMini(window_: RefObject<HTMLElement | null>, place: RefObject<Place>, active: boolean): MiniHandlers {
  const moveTo = (x: number, y: number) => {
    const element = window_.current;
    if (!element) return;
    const box = element.getBoundingClientRect();
    const { x: oldX, y: oldY } = place.current;
    // where it would be without having been moved; it stays inside of the page
    const [left, top] = [box.left - oldX, box.top - oldY];
    place.current = {
      x: clamp(x, MARGIN_PX - left, window.innerWidth - MARGIN_PX - box.width - left),
      y: clamp(y, MARGIN_PX - top, window.innerHeight - MARGIN_PX - box.height - top),
    };
    element.style.translate = `${place.current.x}px ${place.current.y}px`;
    element.toggleAttribute('data-moved', place.current.x !== 0 || place.current.y !== 0);
  };

  useEffect(() => {
    const element = window_.current;
    if (!active || !element) return;
    const again = () => moveTo(place.current.x, place.current.y);
    again();
    window.addEventListener('resize', again);
    return () => {
      window.removeEventListener('resize', again);
      element.style.translate = '';
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- moveTo reads refs only
  }, [active]);

  return {
    onPointerDown(event) {
      if (!active || event.button !== 0 || (event.target instanceof Element && event.target.closest('button'))) return;
      event.preventDefault();
      const bar = event.currentTarget;
      const start = { x: event.clientX - place.current.x, y: event.clientY - place.current.y };
      const move = (now: globalThis.PointerEvent) => moveTo(now.clientX - start.x, now.clientY - start.y);
      const end = () => {
        bar.removeEventListener('pointermove', move);
        bar.removeEventListener('pointerup', end);
        bar.removeEventListener('pointercancel', end);
      };
      bar.setPointerCapture(event.pointerId);
      bar.addEventListener('pointermove', move);
      bar.addEventListener('pointerup', end);
      bar.addEventListener('pointercancel', end);
    },
    onKeyDown(event) {
      const step = STEPS[event.key];
      if (!active || !step) return;
      event.preventDefault();
      event.stopPropagation();
      moveTo(place.current.x + step[0], place.current.y + step[1]);
    },
  };
}

const STEPS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-STEP_PX, 0],
  ArrowRight: [STEP_PX, 0],
  ArrowUp: [0, -STEP_PX],
  ArrowDown: [0, STEP_PX],
};

/** `low` wins where the window is larger than the page. */
const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));
