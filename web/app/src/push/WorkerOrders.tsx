// SPDX-License-Identifier: Apache-2.0
import { ringSide, type Call, type UserObject, type VideoClient } from '@confab/client';
import { useCallCenter, useRingingCalls, useVideoClient } from '@confab/react';
import { useEffect, useState } from 'react';
import type { Route } from '../useRoute.ts';
import { useWords } from '../texts/index.ts';
import { keepUp } from './device.ts';
import { orderIn, type Order, type Question } from './orders.ts';

/** A call that was accepted in its notification is joined only while it is news. */
const NEWS_MS = 60_000;

type Answer = Extract<Order, { type: 'confab.answer' }> & { until: number };

/** Read once: an address that answers a call must not do so again when the page is loaded anew. */
function takeOrder(): Order | undefined {
  const order = orderIn(location.hash);
  if (order) history.replaceState(null, '', order.conversationId === undefined ? '/' : `/#/c/${encodeURIComponent(order.conversationId)}`);
  return order;
}
const first = takeOrder();

/** Does what was pressed in a notification, tells the service worker what is on screen, and puts away what was seen. */
export function WorkerOrders({ me, route }: { me: UserObject; route: Route }) {
  const client = useVideoClient();
  const { language } = useWords();
  const center = useCallCenter();
  const [answer, setAnswer] = useState<Answer | undefined>(() => first?.type === 'confab.answer' ? { ...first, until: Date.now() + NEWS_MS } : undefined);
  const ringing = useRingingCalls('incoming').find((call) => call.cid === answer?.cid);
  const conversation = route.page === 'chat' ? (me.role === 'admin' ? route.conversationId : me.id) : undefined;
  const { select } = route;

  useEffect(() => {
    void keepUp(language).catch(() => {}); // the next start does it
  }, [language, me.id]);

  useEffect(() => {
    if (!answer || !ringing) return;
    setAnswer(undefined);
    if (Date.now() > answer.until) return;
    const caller = ringing.state.ring?.caller;
    center?.open(ringing, caller ?? { id: ringing.id, name: ringing.id }); // joining a call that rings is accepting it
  }, [answer, ringing, center]);

  useEffect(() => {
    const worker = navigator.serviceWorker as ServiceWorkerContainer | undefined; // not on pages without https
    const listen = ({ data, ports }: MessageEvent<Order | Question>) => {
      if (data.type === 'confab.seen?') ports[0]?.postMessage(isBeforeEyes(data, client, conversation));
      if (data.type === 'confab.answer') setAnswer({ ...data, until: Date.now() + NEWS_MS });
      if (data.type === 'confab.open' || data.type === 'confab.answer') select(data.conversationId);
    };
    worker?.addEventListener('message', listen);
    worker?.startMessages();
    return () => worker?.removeEventListener('message', listen);
  }, [client, conversation, select]);

  useEffect(() => {
    const tidy = () => void putAway(client, document.hasFocus() ? conversation : undefined).catch(() => {});
    tidy();
    window.addEventListener('focus', tidy);
    const stop = client.on('all', ({ type }) => type.startsWith('call.') && tidy());
    return () => {
      window.removeEventListener('focus', tidy);
      stop();
    };
  }, [client, conversation]);
  return null;
}

const rings = (call: Call, client: VideoClient) => ringSide(call.state.ring, client.state.connectedUser?.id) === 'incoming';

function isBeforeEyes({ conversationId, cid }: Question, client: VideoClient, conversation: string | undefined): boolean {
  if (!document.hasFocus() || document.hidden) return false;
  if (cid !== undefined) return client.state.calls.some((call) => call.cid === cid && rings(call, client));
  return conversationId !== undefined && conversationId === conversation;
}

/** Notifications of the conversation that is looked at, and of calls that do not ring any more. */
async function putAway(client: VideoClient, conversation: string | undefined): Promise<void> {
  const registration = await (navigator.serviceWorker as ServiceWorkerContainer | undefined)?.getRegistration('/');
  for (const notification of (await registration?.getNotifications()) ?? []) {
    const { kind, cid, conversationId } = Object(notification.data) as { kind?: string; cid?: string; conversationId?: string };
    const over = kind === 'ring' && !client.state.calls.some((call) => call.cid === cid && rings(call, client));
    if (over || (conversationId !== undefined && conversationId === conversation)) notification.close();
  }
}
