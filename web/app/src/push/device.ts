// SPDX-License-Identifier: Apache-2.0
/**
 * The service worker, and this browser's notifications while no page is open. The browser knows whether it is subscribed, and nobody else keeps it:
 * a subscription belongs to the sign-in and ends with it, here and on the server.
 */
import { forgetOnServer, serverKey, tellServer } from './server.ts';

export type PushState =
  | 'unsupported'
  /** The server sends none. */
  | 'unconfigured'
  /** In the browser, where only the person can change it. */
  | 'denied'
  | 'off'
  | 'on';

const WORKER = '/sw.js';
/** A page that is never idle gets the worker all the same. */
const IDLE_MS = 10_000;
/** Signing out does not wait longer for the network. */
const FORGET_MS = 3000;

const supported = (): boolean =>
  'serviceWorker' in navigator && typeof PushManager !== 'undefined' && typeof Notification !== 'undefined';

const register = (): Promise<ServiceWorkerRegistration> => navigator.serviceWorker.register(WORKER, { updateViaCache: 'none' });

/**
 * For everybody who has signed in here: from then on a page that cannot be loaded says so. When the page has nothing else to
 * do; asks the person nothing. Never rejects: a private window, a certificate that the browser only tolerates.
 */
export async function installWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  await new Promise<void>((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: IDLE_MS });
    else setTimeout(resolve, IDLE_MS / 5); // Safari
  });
  // registering what is registered looks for nothing new
  await register().then((registration) => registration.update(), () => {}).catch(() => {});
}

async function current(): Promise<PushSubscription | null> {
  if (!supported()) return null;
  const registration = await navigator.serviceWorker.getRegistration('/');
  return (await registration?.pushManager.getSubscription()) ?? null;
}

export async function pushState(): Promise<PushState> {
  if (!supported()) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  if (Notification.permission === 'granted' && (await current())) return 'on';
  return (await serverKey()) === null ? 'unconfigured' : 'off';
}

/** Asks the person when they were not asked yet: call it from a click. Rejects when a service cannot be reached. */
export async function switchOn(language: string): Promise<PushState> {
  if ((await Notification.requestPermission()) !== 'granted') return pushState();
  const key = await serverKey();
  if (key === null) return 'unconfigured';
  await register();
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await subscribe(pushManager, key);
  try {
    await tellServer(subscription, language);
  } catch (error) {
    await subscription.unsubscribe();
    throw error;
  }
  return 'on';
}

async function subscribe(manager: PushManager, key: string): Promise<PushSubscription> {
  const old = await manager.getSubscription();
  if (old && keyOf(old) !== key) await old.unsubscribe(); // of another key pair: the server's folder was made anew
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** As the server writes it: base64url. */
function keyOf(subscription: PushSubscription): string {
  const bytes = new Uint8Array(subscription.options.applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** The server hears of it first: while it cannot be reached, the switch stays on. */
export async function switchOff(): Promise<PushState> {
  await forgetOnServer();
  await (await current())?.unsubscribe();
  return pushState();
}

/** At the start of a page, and in another language: the server may have forgotten it, or have another key now. */
export async function keepUp(language: string): Promise<void> {
  const subscription = await current();
  if (!subscription || Notification.permission !== 'granted') return;
  const key = await serverKey();
  if (key === null) return void (await subscription.unsubscribe());
  if (keyOf(subscription) === key) return tellServer(subscription, language);
  await switchOn(language);
}

/** Whoever comes next to this browser is told nothing of the one who was here. Never rejects. */
export async function forgetDevice(): Promise<void> {
  const forget = async (): Promise<void> => {
    await (await current())?.unsubscribe();
    const registration = supported() ? await navigator.serviceWorker.getRegistration('/') : undefined;
    for (const notification of (await registration?.getNotifications()) ?? []) notification.close();
  };
  const late = new Promise<void>((resolve) => setTimeout(resolve, FORGET_MS));
  await Promise.race([forget(), late]).catch(() => {});
}
