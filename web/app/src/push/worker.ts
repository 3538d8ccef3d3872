// SPDX-License-Identifier: Apache-2.0
/**
 * The service worker of everybody who has signed in here: a word when the app cannot be reached; and, where they were switched on,
 * notifications while no page is open, and the way from them to the right place. It keeps no files:
 * whoever loads a page gets the server's, never an old one, or a word that it cannot be reached. Each build is another file (the
 * bundler puts its version on top). It takes over when no page is open, and not before: while an old one still brings a page, Chromium
 * ends with it the page, too.
 */
import { noticeOf, type NoticeData } from './notice.ts';
import { addressOf, orderOf, type Question } from './orders.ts';
import { offlinePage } from './offline.ts';
import { parsePush, tagOf, type Push } from './payload.ts';
import type { Fetch, Scope, SubscriptionChange, Tab } from './scope.ts';
import { declineCall, PushError, serverKey, tellServer } from './server.ts';
import { pushWords } from './words.ts';

const scope = self as unknown as Scope;
const { registration } = scope;

/** A page that does not answer in this time is not looked at. */
const ANSWER_MS = 500;
/** Browsers stop a worker that takes longer than this for one push; no ring lasts as long. */
const RING_MAX_MS = 80_000;
/** For the server's own word on how a ring ended, which says more than the clock. */
const GRACE_MS = 2000;

scope.addEventListener('activate', (event) => event.waitUntil(begin()));
scope.addEventListener('fetch', (event) => {
  if (event.request.mode === 'navigate') event.respondWith(loadPage(event));
});
scope.addEventListener('push', (event) => event.waitUntil(onPush(parsePush(event.data?.text()))));
scope.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(onPressed(event.notification.data as NoticeData, event.action));
});
scope.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(subscribeAgain(event)));

/** Pages need not wait for the worker to start. */
async function begin(): Promise<void> {
  await (registration.navigationPreload as NavigationPreloadManager | undefined)?.enable();
  await scope.clients.claim();
}

async function loadPage({ request, preloadResponse }: Fetch): Promise<Response> {
  try {
    return (await preloadResponse) ?? (await fetch(request));
  } catch {
    return offlinePage(pushWords(undefined, navigator.languages));
  }
}

async function onPush(push: Push | undefined): Promise<void> {
  await inTurn(async () => (push && (await isSeen(push)) ? closeNotices(tagOf(push)) : show(push)));
  if (push?.type === 'call.ring') await outlast(push);
}

let last: Promise<void> = Promise.resolve();

/** One after the other: each looks at what is on screen and then takes its place. (Chromium forgets what is shown while another looks.) */
function inTurn(work: () => Promise<void>): Promise<void> {
  const done = last.then(work);
  last = done.catch(() => {});
  return done;
}

async function show(push: Push | undefined): Promise<void> {
  const { language, texts } = pushWords(push?.language, navigator.languages);
  const shown = push ? await registration.getNotifications({ tag: tagOf(push) }) : [];
  const buttons = ((Notification as { maxActions?: number }).maxActions ?? 0) >= 2;
  const before = shown[0]?.data as NoticeData | undefined;
  const { title, options } = noticeOf(push, { texts, language, now: Date.now(), buttons, before });
  await registration.showNotification(title, options);
}

/** A ring whose end nobody tells (the network is gone, the server restarts) does not stay on screen as if it rang. */
async function outlast(push: Push & { type: 'call.ring' }): Promise<void> {
  const left = Date.parse(push.expires_at) - Date.now();
  if (!(left > 0)) return;
  await new Promise((resolve) => setTimeout(resolve, Math.min(left + GRACE_MS, RING_MAX_MS)));
  await inTurn(async () => {
    const shown = await registration.getNotifications({ tag: tagOf(push) });
    if (shown.some(({ data }) => (data as NoticeData).kind === 'ring')) await show(push); // its time is over now
  });
}

async function closeNotices(tag: string): Promise<void> {
  for (const notification of await registration.getNotifications({ tag })) notification.close();
}

/** The open pages of the app itself; those of a site with the widget are somebody else's. */
async function appTabs(): Promise<Tab[]> {
  const tabs = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return tabs.filter(({ url }) => new URL(url).pathname === '/');
}

/** Whether a page that has the focus shows it: only the page knows what is on its screen. Any visible one shows how a ring ended. */
async function isSeen(push: Push): Promise<boolean> {
  const visible = (await appTabs()).filter(({ visibilityState }) => visibilityState === 'visible');
  if (push.type === 'call.ring_ended') return visible.length > 0;
  const looking = visible.filter(({ focused }) => focused);
  const question: Question = {
    type: 'confab.seen?',
    ...(push.conversation_id !== undefined && { conversationId: push.conversation_id }),
    ...(push.type !== 'message.new' && { cid: push.cid }),
  };
  const answers = await Promise.all(looking.map((tab) => ask(tab, question)));
  return answers.includes(true);
}

function ask(tab: Tab, question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data === true);
    setTimeout(() => resolve(false), ANSWER_MS);
    tab.postMessage(question, [port2]);
  });
}

async function onPressed(data: NoticeData, action: string): Promise<void> {
  if (data.kind === 'ring' && data.cid !== undefined && action === 'decline') {
    try {
      return await declineCall(data.cid);
    } catch (error) {
      if (error instanceof PushError && (error.status === 404 || error.status === 409)) return; // it is over already
      // else (offline, signed out) the page can say more
    }
  }
  const order = orderOf(data, action);
  const tabs = await appTabs();
  const tab = tabs.find(({ focused }) => focused) ?? tabs.find(({ visibilityState }) => visibilityState === 'visible') ?? tabs[0];
  if (!tab) return void (await scope.clients.openWindow(addressOf(order)));
  await tab.focus().catch(() => {}); // the order counts also where the browser keeps the window behind
  tab.postMessage(order);
}

/** The push service took the subscription away or changed it (Push API 9.5): notifications go on with a new one. */
async function subscribeAgain({ oldSubscription, newSubscription }: SubscriptionChange): Promise<void> {
  const applicationServerKey = oldSubscription?.options.applicationServerKey ?? (await serverKey());
  if (!applicationServerKey) return;
  const subscription = newSubscription ?? (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }));
  // the language that was chosen in the app comes with the next page
  const { language } = pushWords(undefined, navigator.languages);
  await tellServer(subscription, language).catch(async (error: unknown) => {
    if (error instanceof PushError && error.status === 401) await subscription.unsubscribe(); // nobody is signed in here
    else throw error;
  });
}
