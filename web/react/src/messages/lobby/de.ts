// SPDX-License-Identifier: Apache-2.0
import type { DeviceErrorReason, DeviceKind } from '@confab/client';
import { grammar } from '../grammar.ts';
import type { LobbyMessages } from './en.ts';

const { list } = grammar('de');
const DEVICE_NAMES: Record<DeviceKind, string> = { camera: 'die Kamera', microphone: 'das Mikrofon', screenShare: 'den Bildschirm' };

export const lobby: LobbyMessages = {
  connection: { excellent: 'Ausgezeichnete Verbindung', good: 'Gute Verbindung', poor: 'Schlechte Verbindung', lost: 'Verbindung verloren' },
  devices: 'Kamera und Ton',
  checkDevices: 'Kamera und Ton prüfen',
  camera: 'Kamera',
  microphone: 'Mikrofon',
  speaker: 'Lautsprecher',
  noDevice: 'Nichts gefunden',
  deviceRefused: 'Dieses Gerät lässt sich nicht benutzen. Wählen Sie ein anderes.',
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
    if (reason === 'missing') return `Nicht gefunden: ${name}. Schließen Sie das Gerät an und versuchen Sie es erneut; der Anruf geht auch ohne.`;
    if (reason === 'busy') return `Ein anderes Programm benutzt ${name}.`;
    if (reason === 'insecure') return `Browser geben ${name} nur an Seiten, die mit https:// geöffnet wurden, oder auf dem Server selbst mit http://localhost. Die Adresse dieser Seite beginnt mit http://.`;
    if (reason === 'lost') return `Kein Zugriff mehr auf ${name}: ausgesteckt oder ausgefallen.`;
    return `Es ist nicht gelungen, ${name} einzuschalten.`;
  },
};
