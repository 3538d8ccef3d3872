// SPDX-License-Identifier: Apache-2.0
/** What the page asks for: the attributes of its script element. */

/** A customer of the site: its own user id, and the hash that its server made of it. */
export interface Customer {
  id: string;
  hash: string;
  name?: string | undefined;
  image?: string | undefined;
}

export interface Settings {
  /** Origin of the Confab server. */
  server: string;
  customer: Customer | undefined;
  lang: string | undefined;
  title: string | undefined;
  greeting: string | undefined;
  side: 'start' | 'end';
  theme: 'auto' | 'light' | 'dark';
  accent: string | undefined;
  calls: boolean;
  /** Camera and sound are looked at before it rings. */
  lobby: boolean;
  /** The round button; without it the page opens the chat by `Confab.open()`. */
  launcher: boolean;
}

/** data-user-id, data-user-hash, … as docs/widget.md lists them. */
export function readSettings(server: string, data: DOMStringMap): Settings {
  const { userId, userHash, side, theme } = data;
  return {
    server,
    customer: userId && userHash ? { id: userId, hash: userHash, name: data['userName'], image: data['userImage'] } : undefined,
    lang: data['lang'],
    title: data['title'],
    greeting: data['greeting'],
    side: side === 'start' ? 'start' : 'end',
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    accent: data['accent'],
    calls: data['calls'] !== 'off',
    lobby: data['lobby'] !== 'off',
    launcher: data['launcher'] !== 'off',
  };
}
