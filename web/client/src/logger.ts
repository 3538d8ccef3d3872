// SPDX-License-Identifier: Apache-2.0
/** What the SDK says. Level info: one line per step in a life (connected, joined, left), never more often. */

export interface Logger {
  debug(...args: unknown[]): void;
  info(...args: unknown[]): void;
  warn(...args: unknown[]): void;
  error(...args: unknown[]): void;
}

/** The console, without its debug level. */
export const consoleLogger: Logger = {
  debug: () => {},
  info: (...args) => console.info(...args),
  warn: (...args) => console.warn(...args),
  error: (...args) => console.error(...args),
};
