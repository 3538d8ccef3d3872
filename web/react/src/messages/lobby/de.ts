// SPDX-License-Identifier: Apache-2.0
import type { DeviceErrorReason, DeviceKind } from '@confab/client';
import { grammar } from '../grammar.ts';
import type { LobbyMessages } from './en.ts';

const { list } = grammar('de');
const DEVICE_NAMES: Record<DeviceKind, string> = { camera: 'die Kamera', microphone: 'das Mikrofon', screenShare: 'den Bildschirm' };
const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const lobby: LobbyMessages = {
  connection: { excellent: 'Ausgezeichnete Verbindung', good: 'Gute Verbindung', poor: 'Schlechte Verbindung', lost: 'Verbindung verloren' },
  devices: 'Kamera und Ton',
  checkDevices: 'Kamera und Ton prüfen',
  camera: 'Kamera',
  microphone: 'Mikrofon',
  speaker: 'Lautsprecher',
  noDevice: 'Keins gefunden',
  deviceNumber: (label, n) => `${label} ${n}`,
  micLevel: 'Lautstärke Ihres Mikrofons',
  micSilent: 'Das Mikrofon ist aus',
  micHint: 'Sagen Sie etwas, und der Balken bewegt sich.',
  testSpeaker: 'Testton abspielen',
  preview: 'Vorschau',
  cameraIsOff: 'Die Kamera ist aus',
  lobbyTitle: 'Bereit?',
  lobbyRings: (name) => `${name} wird angerufen, sobald Sie teilnehmen.`,
  joinNow: 'Jetzt teilnehmen',

  deviceError: (kinds: readonly DeviceKind[], reason: DeviceErrorReason): string => {
    const name = list(kinds.map((kind) => DEVICE_NAMES[kind]));
    if (reason === 'denied') return `Ihr Browser erlaubt dieser Seite nicht, ${name} zu benutzen.`;
    if (reason === 'missing') return `Nicht gefunden: ${name}. Schließen Sie es an und versuchen Sie es erneut; der Anruf geht auch ohne.`;
    if (reason === 'busy') return `Ein anderes Programm benutzt ${name}.`;
    if (reason === 'insecure') return `Browser geben ${name} nur an Seiten, die mit https:// geöffnet wurden, oder auf dem Server selbst mit http://localhost. Die Adresse dieser Seite beginnt mit http://.`;
    if (reason === 'lost') return `${upper(name)} kann Confab nicht mehr erreichen: ausgesteckt oder ausgefallen.`;
    return `${upper(name)} konnte Confab nicht einschalten.`;
  },
};
