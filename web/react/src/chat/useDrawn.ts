// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState, type RefObject } from 'react';

const PAGE = 100;
/** More are drawn when the last one is that near. */
const AHEAD = '800px 0px';

/**
 * Of a list that may be long only the beginning is drawn, and more when its end comes near: what stands after the last row,
 * with the ref `end`, sees to that. `list`: another one begins anew. `least`: those are drawn in any case.
 */
export function useDrawn(list: string, total: number, least: number): { drawn: number; end: RefObject<HTMLLIElement | null> } {
  const end = useRef<HTMLLIElement>(null);
  const [state, setState] = useState({ list, rows: PAGE });
  const rows = Math.max(state.list === list ? state.rows : PAGE, least);
  const drawn = Math.min(rows, total);
  const whole = drawn === total;
  useEffect(() => {
    const last = end.current;
    if (whole || !last) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setState({ list, rows: rows + PAGE }),
      { root: last.parentElement, rootMargin: AHEAD },
    );
    observer.observe(last);
    return () => observer.disconnect();
  }, [list, rows, whole]);
  return { drawn, end };
}
