// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { addStyles } from '../styles/look.ts';
import { useAround } from './context.ts';

/** Part of the widget, with what it looks like. */
interface Part {
  styles: string;
}

/** What is fetched when it is first wanted. `failed`: the server may have another version by now; it is tried again with the next wish. */
export function useLoaded<T extends Part>(wanted: boolean, load: () => Promise<T>, failed: () => void): T | undefined {
  const { host } = useAround();
  const [part, setPart] = useState<T | undefined>();
  const onFailed = useRef(failed);
  onFailed.current = failed;
  useEffect(() => {
    if (!wanted || part) return;
    load().then(
      (loaded) => {
        if (host.shadowRoot) addStyles(host.shadowRoot, loaded.styles);
        setPart(loaded);
      },
      (error: unknown) => {
        console.warn('Confab: a part could not be loaded.', error);
        onFailed.current();
      },
    );
    // eslint-disable-next-line react-hooks/exhaustive-deps -- load is the same all the time
  }, [wanted, part, host]);
  return part;
}
