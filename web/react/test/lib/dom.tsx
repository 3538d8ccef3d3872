// SPDX-License-Identifier: Apache-2.0
/** A page without a browser, for components that are mounted: import it before anything of React. */
import { parseHTML } from 'linkedom';

const { window, document } = parseHTML('<!doctype html><html><body></body></html>');
const navigator = { language: 'en', languages: ['en'], userAgent: 'a test', onLine: true };
/** React 18 waits with one, and Node's keeps the process alive for ever. */
class Channel {
  readonly port1: { onmessage: (() => void) | null } = { onmessage: null };
  readonly port2 = { postMessage: () => void setImmediate(() => this.port1.onmessage?.()) };
}
const globals = { window, document, navigator, MessageChannel: Channel, HTMLElement: window.HTMLElement, Node: window.Node, Element: window.Element, IS_REACT_ACT_ENVIRONMENT: true };
for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

export const { body } = document;
