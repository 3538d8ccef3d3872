// SPDX-License-Identifier: Apache-2.0
import type { RingObject } from '@confab/client';
import { useEffect } from 'react';
import { useMessages, useNotifications } from '../context.tsx';

/** A system notification while it rings and nobody looks at the page. A click on it brings the page to the front. */
export function useRingNotification(ring: RingObject | undefined): void {
  const t = useMessages();
  const wanted = useNotifications();
  const id = ring?.id;
  const title = ring && t.isCalling(ring.caller.name, ring.channel_name);
  const body = ring && (ring.video ? t.videoCall : t.voiceCall);
  useEffect(() => {
    if (!wanted || !id || !title || typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
    if (document.hasFocus()) return;
    let shown: Notification;
    try {
      shown = new Notification(title, { body: body ?? '', tag: id, requireInteraction: true, dir: 'auto' });
    } catch {
      return; // phones notify from a service worker only
    }
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
    return () => shown.close();
  }, [wanted, id, title, body]);
}
