// SPDX-License-Identifier: Apache-2.0
/** One's other device, in English: the link that signs one in there, and a call that goes on there. */
export const handover = {
  title: 'Continue on another device',
  titleSignIn: 'Sign in on another device',
  scan: 'Scan the code with your phone: it signs you in there and opens this call.',
  scanSignIn: 'Scan the code with your phone: it signs you in there.',
  picture: 'QR code of the link',
  once: 'It works once, for five minutes. Whoever has it is signed in as you: show it to nobody.',
  copy: 'Copy the link',
  copied: 'The link was copied',
  over: 'This code has expired.',
  renew: 'New code',
  localOnly: (host: string) => `${host} works on this computer only. Open this page by its address in the network, then make a code.`,

  // in the call
  isThere: 'You are in this call on your other device. Microphone and sound are off here.',
  leave: 'Leave here',
  stay: 'Stay here too',

  // on the other device
  lobbyTitle: 'Continue the call here',
  lobbyHint: 'You stay in it on your other device until you leave there.',
};

export type HandoverMessages = typeof handover;
