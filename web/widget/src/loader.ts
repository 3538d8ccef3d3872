// SPDX-License-Identifier: Apache-2.0
/**
 * widget.js: what the page's script element loads. Makes `window.Confab`, and fetches the rest when the page has been
 * loaded, or is asked for the chat: so it costs the page next to nothing.
 */
import type { ConfabApi } from './main.tsx';
import type { Customer } from './settings.ts';
import type { WidgetEvents } from './widget.ts';

/** The address of main.tsx as it was built; its name changes with its content. */
declare const WIDGET_MAIN: string;

/** Time for the page's own work first. */
const PATIENCE_MS = 3000;

function boot(script: HTMLScriptElement): void {
  const server = new URL(script.src).origin;
  let loading: Promise<ConfabApi> | undefined;
  const load = (): Promise<ConfabApi> => {
    loading ??= import(server + WIDGET_MAIN).then((module: typeof import('./main.tsx')) => module.start(server, { ...script.dataset }));
    loading.catch((error: unknown) => {
      console.warn('Confab: the chat could not be loaded. Does the page allow it (script-src, connect-src)?', error);
      loading = undefined; // whoever asks again may have better luck
    });
    return loading;
  };
  const ask = (what: (api: ConfabApi) => unknown): void => void load().then(what, () => {});

  window.Confab = {
    open: () => ask((api) => api.open()),
    close: () => ask((api) => api.close()),
    call: () => ask((api) => api.call()),
    identify: (customer: Customer) => ask((api) => api.identify(customer)),
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
  };
  window.dispatchEvent(new Event('confab:ready'));

  const idle = () => ('requestIdleCallback' in window ? requestIdleCallback(() => void load(), { timeout: PATIENCE_MS }) : setTimeout(load, 200));
  if (document.readyState === 'complete') idle();
  else window.addEventListener('load', idle, { once: true });
}

const script = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
if (script instanceof HTMLScriptElement && !window.Confab) boot(script);
