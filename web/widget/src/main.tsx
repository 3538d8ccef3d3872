/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
/** Puts the widget on the page: an element with a shadow root of its own, so that no style gets in or out. */
import { render } from 'preact';
import { loadMessages } from './messages/index.ts';
import { readSettings, type Customer } from './settings.ts';
import { applyLook } from './styles/look.ts';
import { App } from './ui/App.tsx';
import { Context } from './ui/context.ts';
import { Widget, type WidgetEvents } from './widget.ts';

/** What `window.Confab` can do, docs/widget.md. */
export interface ConfabMethods {
  open(): void;
  close(): void;
  /** Rings the team. */
  call(): void;
  /** Somebody signed in to the site: `hash` is made by its server. */
  identify(customer: Customer): void;
  /** Somebody signed out of the site: nothing of them stays in the browser. */
  logout(): void;
  /** Returns the way to stop listening. */
  on<K extends keyof WidgetEvents>(type: K, listener: (value: WidgetEvents[K]) => void): () => void;
  /** Takes the widget off the page; what was not sent stays in the browser. The script element, put in anew, brings it back. */
  destroy(): void;
}

/** `window.Confab`: its methods, or their names: `Confab('open')`. */
export type ConfabApi = ConfabMethods & ((method: keyof ConfabMethods, ...values: unknown[]) => unknown);

declare global {
  interface Window {
    Confab?: ConfabApi;
  }
}

export async function start(server: string, data: DOMStringMap): Promise<ConfabMethods> {
  const settings = readSettings(server, data);
  const messages = await loadMessages([settings.lang, document.documentElement.lang, ...navigator.languages]);
  const widget = new Widget(settings);
  const host = document.createElement('confab-widget');
  const root = host.attachShadow({ mode: 'open' });
  applyLook(host, root, settings, messages.dir);
  if (!document.body) await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }));
  const release = stay(host, root);
  render(
    <Context.Provider value={{ widget, t: messages, host }}>
      <App />
    </Context.Provider>,
    root,
  );
  widget.start();
  return {
    open: () => widget.open(),
    close: () => widget.close(),
    call: () => void widget.call(),
    identify: (customer) => void widget.identify(customer),
    logout: () => void widget.logout(),
    on: (type, listener) => widget.on(type, listener),
    destroy: () => {
      release();
      void widget.stop();
      render(null, root);
      host.remove();
    },
  };
}

/** Puts the element on the page, and back when a page of one piece has replaced its body, or all of the document. Returns the way to stop. */
function stay(host: HTMLElement, root: ShadowRoot): () => void {
  const observer = new MutationObserver(() => {
    if (!host.isConnected) put();
  });
  const put = () => {
    observer.disconnect();
    observer.observe(document, { childList: true });
    if (document.documentElement) observer.observe(document.documentElement, { childList: true });
    if (!document.body) return; // it comes
    observer.observe(document.body, { childList: true });
    document.body.append(host);
    // what is taken out of a page is paused
    for (const media of root.querySelectorAll<HTMLMediaElement>('video, audio')) if (media.srcObject) media.play().catch(() => {});
  };
  put();
  return () => observer.disconnect();
}
