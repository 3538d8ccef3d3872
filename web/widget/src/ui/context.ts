// SPDX-License-Identifier: Apache-2.0
import type { Observable } from '@confab/client';
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Messages } from '../messages/index.ts';
import type { Widget, WidgetState } from '../widget.ts';

interface Around {
  widget: Widget;
  t: Messages;
  host: HTMLElement;
}

export const Context = createContext<Around | undefined>(undefined);

export function useAround(): Around {
  const around = useContext(Context);
  if (!around) throw new Error('outside of the widget');
  return around;
}

export function useObservable<T>(source: Observable<T>): T {
  const [, redraw] = useState({});
  useEffect(() => {
    redraw({}); // it may have changed between drawing and now
    return source.onChange(() => redraw({}));
  }, [source]);
  return source.get();
}

export const useWidgetState = (): WidgetState => useObservable(useAround().widget.state$);
