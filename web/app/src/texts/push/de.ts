// SPDX-License-Identifier: Apache-2.0
/** Notifications of closed pages, in German. */
import { grammar } from '@confab/react/plain';
import type { PushTexts } from './en.ts';

const { count } = grammar('de');

const inGroup = (name: string, group: string | undefined): string => (group ? `${name} in ${group}` : name);

export const push: PushTexts = {
  label: 'Meldungen, während Confab geschlossen ist',
  hint: 'Neue Nachrichten und Anrufe erreichen dieses Gerät, auch wenn keine Seite offen ist. Sie gehen verschlüsselt durch den Push-Dienst Ihres Browsers.',
  denied: 'Ihr Browser blockiert Meldungen dieser Seite. Erlauben Sie sie in der Adresszeile oder in den Einstellungen des Browsers und kommen Sie dann zurück.',
  unsupported: 'Dieser Browser kann sie nicht empfangen. Auf iPhone und iPad legen Sie Confab zuerst auf den Home-Bildschirm und schalten sie dort ein.',
  unconfigured: 'Auf diesem Server sind sie abgeschaltet.',
  failed: 'Das hat nicht geklappt: Der Push-Dienst Ihres Browsers oder der Server ist nicht erreichbar. Versuchen Sie es später noch einmal.',
  on: 'Dieses Gerät meldet Nachrichten und Anrufe',
  off: 'Dieses Gerät meldet nichts mehr',

  newMessages: (name, n) => `${name} – ${count(n, { one: '1 neue Nachricht', other: '# neue Nachrichten' })}`,
  files: (n) => count(n, { one: 'Hat eine Datei gesendet', other: 'Hat # Dateien gesendet' }),
  isCalling: (name, group) => (group ? `${name} ruft in ${group} an` : `${name} ruft an`),
  videoCall: 'Videoanruf',
  voiceCall: 'Sprachanruf',
  missedCall: (name, group) => `Verpasster Anruf von ${inGroup(name, group)}`,
  answered: (name, group) => `Anruf von ${inGroup(name, group)}: angenommen`,
  declined: (name, group) => `Anruf von ${inGroup(name, group)}: abgelehnt`,
  accept: 'Annehmen',
  decline: 'Ablehnen',
  something: 'Es gibt etwas Neues',

  // the page that stands in for the app without a connection
  unreachable: 'Confab ist nicht erreichbar',
  unreachableHint: 'Sie sind offline, oder der Server ist gerade nicht da. Was Sie geschrieben haben, bleibt auf diesem Gerät und wird gesendet, sobald die Verbindung wieder da ist.',
  tryAgain: 'Noch einmal versuchen',
};
