// SPDX-License-Identifier: Apache-2.0
import type { VoiceMessages } from './en.ts';

export const voice: VoiceMessages = {
  record: 'Sprachnachricht aufnehmen',
  asking: 'Mikrofon erlauben …',
  recording: 'Aufnahme läuft',
  stop: 'Aufnahme beenden',
  discard: 'Aufnahme verwerfen',
  send: 'Sprachnachricht senden',
  note: (time) => `Sprachnachricht, ${time}`,
  preview: 'Sprachnachricht',
  play: 'Abspielen',
  pause: 'Anhalten',
  position: 'Stelle',
  positionOf: (now, whole) => `${now} von ${whole}`,
  cannotPlay: 'Dieser Browser kann die Sprachnachricht nicht abspielen.',
  save: 'Speichern',
  notSent: 'Die Sprachnachricht konnte nicht gesendet werden. Bitte noch einmal versuchen.',
  problems: {
    denied: 'Ihr Browser lässt diese Seite das Mikrofon nicht benutzen. Erlauben Sie es in der Adressleiste.',
    missing: 'Es wurde kein Mikrofon gefunden.',
    insecure: 'Browser geben das Mikrofon nur Seiten, die mit https geöffnet sind.',
    short: 'Das war zu kurz. Tippen Sie zum Beginnen und zum Beenden, oder halten Sie die Taste.',
    failed: 'Das Mikrofon konnte nicht gestartet werden.',
  },
};
