// SPDX-License-Identifier: Apache-2.0
import type { MouseEvent } from 'react';
import { useTexts } from './texts/index.ts';

/** The first stop of the Tab key: past the bar, to what the page is for (WCAG 2.4.1). Seen while it has the focus. */
export function SkipLink() {
  const texts = useTexts();
  const go = (event: MouseEvent) => {
    event.preventDefault(); // the address is the route's
    const places = [...document.querySelectorAll<HTMLElement>('.cf-main, main')];
    const main = places.find((place) => place.getClientRects().length > 0 && place.matches('.cf-main')) ?? places[0];
    if (!main) return;
    main.tabIndex = -1;
    main.focus();
  };
  return (
    <a className="app-skip" href="#main" onClick={go}>
      {texts.skip}
    </a>
  );
}
