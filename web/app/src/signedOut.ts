// SPDX-License-Identifier: Apache-2.0
/** Whoever signs out in one tab is signed out in all tabs of this browser, at once, also while the server cannot be reached. */
const NAME = 'confab.signedOut';

/** One for telling and listening: nobody hears themselves. */
let channel: BroadcastChannel | undefined;
const tabs = (): BroadcastChannel => (channel ??= new BroadcastChannel(NAME));

export function tellOtherTabs(): void {
  tabs().postMessage(null);
}

/** Returns the way to stop. */
export function onSignedOutElsewhere(listener: () => void): () => void {
  const here = tabs();
  here.addEventListener('message', listener);
  return () => here.removeEventListener('message', listener);
}
