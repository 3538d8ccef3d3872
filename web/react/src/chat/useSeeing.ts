// SPDX-License-Identifier: Apache-2.0
import type { ChatStore } from '@confab/client';
import { useEffect } from 'react';

/** Says that the end of the conversation is before somebody's eyes: in view, in a window that has the focus. */
export function useSeeing(store: ChatStore, conversationId: string, atEnd: boolean): void {
  useEffect(() => {
    const tell = () => store.seeing(atEnd && document.hasFocus() && !document.hidden ? conversationId : undefined);
    tell();
    window.addEventListener('focus', tell);
    window.addEventListener('blur', tell);
    document.addEventListener('visibilitychange', tell);
    return () => {
      window.removeEventListener('focus', tell);
      window.removeEventListener('blur', tell);
      document.removeEventListener('visibilitychange', tell);
      store.seeing(undefined);
    };
  }, [store, conversationId, atEnd]);
}
