// SPDX-License-Identifier: Apache-2.0
/** The little of a service worker's world that worker.ts uses (W3C Service Workers, Push API, Notifications); TypeScript's
 * own types of it do not go together with those of pages. */

interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}

export interface PushMessage extends Extendable {
  readonly data: { text(): string } | null;
}

export interface NotificationPressed extends Extendable {
  readonly action: string;
  readonly notification: Notification;
}

export interface SubscriptionChange extends Extendable {
  readonly oldSubscription?: PushSubscription | null;
  readonly newSubscription?: PushSubscription | null;
}

export interface Tab {
  readonly url: string;
  readonly focused: boolean;
  readonly visibilityState: DocumentVisibilityState;
  focus(): Promise<Tab>;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

export interface Fetch extends Extendable {
  readonly request: Request;
  /** What the browser asked for while the worker was starting; undefined where it does not. */
  readonly preloadResponse?: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}

interface Events {
  activate: Extendable;
  fetch: Fetch;
  push: PushMessage;
  notificationclick: NotificationPressed;
  pushsubscriptionchange: SubscriptionChange;
}

export interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<readonly Tab[]>;
    openWindow(url: string): Promise<Tab | null>;
    claim(): Promise<void>;
  };
  addEventListener<K extends keyof Events>(type: K, listener: (event: Events[K]) => void): void;
}
