// SPDX-License-Identifier: Apache-2.0
/**
 * widget.js: what the page's script element loads. Makes `window.Confab`, and fetches the rest when the page has been
 * loaded, or is asked for the chat: so it costs the page next to nothing.
 */
import type { ConfabApi, ConfabMethods } from './main.tsx';
import type { WidgetEvents } from './widget.ts';

/** The address of main.tsx as it was built; its name changes with its content. */
declare const WIDGET_MAIN: string;

/** Time for the page's own work first. */
const PATIENCE_MS = 3000;

/** `Confab('open')`, `Confab('on', 'unread', …)`: a method's name, and what it takes. */
type Words = ArrayLike<unknown>;

/** What a page may put in our place until this is there: it keeps the calls. */
interface Stub {
  q?: Words[];
}

function boot(script: HTMLScriptElement, early: readonly Words[]): void {
  const server = new URL(script.src).origin;
  let loading: Promise<ConfabMethods> | undefined;
  let gone = false;
  const load = (): Promise<ConfabMethods> => {
    loading ??= import(server + WIDGET_MAIN).then((module: typeof import('./main.tsx')) => module.start(server, { ...script.dataset }));
    loading.catch((error: unknown) => {
      console.warn('Confab: the chat could not be loaded. Does the page allow it (script-src, connect-src)?', error);
      loading = undefined; // whoever asks again may have better luck
    });
    return loading;
  };
  const ask = (what: (api: ConfabMethods) => unknown): void => {
    if (!gone) void load().then(what, () => {});
  };

  const methods: ConfabMethods = {
    open: () => ask((api) => api.open()),
    close: () => ask((api) => api.close()),
    call: () => ask((api) => api.call()),
    identify: (customer) => ask((api) => api.identify(customer)),
    logout: () => ask((api) => api.logout()),
    on: <K extends keyof WidgetEvents>(type: K, listener: (value: WidgetEvents[K]) => void) => {
      let stop: (() => void) | undefined;
      let stopped = false;
      ask((api) => {
        if (!stopped) stop = api.on(type, listener);
      });
      return () => {
        stopped = true;
        stop?.();
      };
    },
    destroy: () => {
      gone = true;
      window.removeEventListener('load', idle);
      void loading?.then((api) => api.destroy(), () => {});
      delete window.Confab;
    },
  };
  const run = ([name, ...values]: Words & Iterable<unknown>): unknown => {
    const method = methods[name as keyof ConfabMethods] as ((...values: unknown[]) => unknown) | undefined;
    if (method) return method(...values);
    console.warn(`Confab: there is no "${String(name)}". There is: ${Object.keys(methods).join(', ')}.`);
    return undefined;
  };
  const idle = () => ('requestIdleCallback' in window ? requestIdleCallback(() => ask(() => {}), { timeout: PATIENCE_MS }) : setTimeout(() => ask(() => {}), 200));

  window.Confab = Object.assign((...words: unknown[]) => run(words), methods) as ConfabApi;
  for (const words of early) run([...Array.from(words)]);
  window.dispatchEvent(new Event('confab:ready'));
  if (document.readyState === 'complete') idle();
  else window.addEventListener('load', idle, { once: true });
}

const script = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
const before = window.Confab as Stub | Partial<ConfabMethods> | undefined;
// a page may have the element twice, or a stub in our place
if (script instanceof HTMLScriptElement && !(before && 'open' in before)) boot(script, (before as Stub | undefined)?.q ?? []);
