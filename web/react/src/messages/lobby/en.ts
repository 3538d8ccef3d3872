// SPDX-License-Identifier: Apache-2.0
import type { DeviceErrorReason, DeviceKind } from '@confab/client';
import { grammar } from '../grammar.ts';

const { list } = grammar('en-GB');
const DEVICE_NAMES: Record<DeviceKind, string> = { camera: 'camera', microphone: 'microphone', screenShare: 'screen' };

/** Devices, before a call and in it, in English. */
export const lobby = {
  connection: { excellent: 'Excellent connection', good: 'Good connection', poor: 'Poor connection', lost: 'Connection lost' },
  devices: 'Camera and sound',
  checkDevices: 'Check camera and sound',
  camera: 'Camera',
  microphone: 'Microphone',
  speaker: 'Speaker',
  noDevice: 'None found',
  deviceRefused: 'This device could not be used. Choose another one.',
  deviceNumber: (label: string, n: number) => `${label} ${n}`,
  micLevel: 'Loudness of your microphone',
  micSilent: 'The microphone is off',
  micHint: 'Say something, and the bar moves.',
  testSpeaker: 'Play a test sound',
  preview: 'Preview',
  cameraIsOff: 'The camera is off',
  lobbyTitle: 'Ready to join?',
  lobbyRings: (name: string) => `${name} is called when you join.`,
  joinNow: 'Join now',

  deviceError: (kinds: readonly DeviceKind[], reason: DeviceErrorReason): string => {
    const name = list(kinds.map((kind) => DEVICE_NAMES[kind]));
    if (reason === 'denied') return `Your browser does not let this page use the ${name}.`;
    if (reason === 'missing') return `No ${name} was found. Plug one in and try again; the call works without.`;
    if (reason === 'busy') return `Another program is using your ${name}.`;
    if (reason === 'insecure') return `Browsers give the ${name} only to pages that are opened with https://, or with http://localhost on the server itself. The address of this page begins with http://.`;
    if (reason === 'lost') return `Your ${name} was unplugged or stopped working.`;
    return `Your ${name} could not be started.`;
  },
};

export type LobbyMessages = typeof lobby;
