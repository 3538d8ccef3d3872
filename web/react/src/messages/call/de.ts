// SPDX-License-Identifier: Apache-2.0
import { grammar } from '../grammar.ts';
import type { CallMessages } from './en.ts';

const { count, list } = grammar('de');

export const call: CallMessages = {
  chat: 'Chat',
  chatUnread: (n) => count(n, { one: 'Chat, 1 neue Nachricht', other: 'Chat, # neue Nachrichten' }),
  closeChat: 'Chat schließen',

  addPeople: 'Jemanden dazuholen',
  addHint: 'Es klingelt dort, und wer annimmt, kommt dazu.',
  letsIn: 'Wer nicht in der Gruppe ist, wird Mitglied.',
  justThisCall: 'Andere kommen nur in diesen Anruf: Die Unterhaltung sehen sie nicht.',
  ask: (name) => `${name} anrufen`,
  asking: 'Es klingelt …',
  isIn: 'Im Anruf',
  nobodyToAdd: 'Es gibt sonst niemanden zum Anrufen.',
  asksIn: (name, whose) => `${name} bittet Sie in den Anruf mit ${whose}`,
  didNotCome: (name) => `${name} ist nicht gekommen`,

  flip: 'Andere Kamera',
  moveSelf: 'Eigenes Bild verschieben',
  audioOnly: 'Nur Ton',
  poorOffer: 'Ihre Verbindung ist schlecht. Ohne Bild hören Sie einander besser.',
  audioOnlyIsOn: 'Nur Ton: Ihre Kamera ist aus, und Sie empfangen keine Bilder.',
  audioOnlyHint: 'Nur Ton, um Bandbreite zu sparen',
  videoAgain: 'Bilder wieder zeigen',
  unreachable: (name) => `${name} ist gerade nicht zu erreichen`,
  continueHere: 'Hier fortsetzen',
  goesOn: 'Der Anruf geht in einem anderen Fenster weiter',
  isThere: (names) => `${list(names)} ${names.length === 1 ? 'ist' : 'sind'} im Anruf.`,
  line: 'Verbindung',
  lineChecking: 'Die Verbindung wird geprüft …',
  lineIs: { good: 'Gut, geeignet für Video', fair: 'Mittel, das Bild kann unschärfer sein', poor: 'Schlecht. Treten Sie ohne Kamera bei, falls der Ton abreißt.', lost: 'Der Server ist nicht zu erreichen. Prüfen Sie Ihr Netz.' },
  allowHow: {
    chrome: 'Drücken Sie auf das Symbol links neben der Adresse, schalten Sie Kamera und Mikrofon ein und versuchen Sie es erneut.',
    firefox: 'Drücken Sie auf die durchgestrichene Kamera neben der Adresse, heben Sie die Sperre auf und versuchen Sie es erneut.',
    safari: 'Wählen Sie Safari, Einstellungen für diese Website, erlauben Sie Kamera und Mikrofon und versuchen Sie es erneut.',
    ios: 'Drücken Sie auf das Symbol neben der Adresse, dann auf Website-Einstellungen, und erlauben Sie Kamera und Mikrofon. Für eine eigene App: Einstellungen, Apps, Safari.',
    android: 'Drücken Sie auf das Symbol links neben der Adresse, dann auf Berechtigungen, und erlauben Sie Kamera und Mikrofon.',
    other: 'Erlauben Sie Kamera und Mikrofon für diese Seite in den Einstellungen des Browsers.',
  },

  stillIn: (names) => `${list(names)} ${names.length === 1 ? 'ist' : 'sind'} noch im Anruf`,
  rejoin: 'Wieder beitreten',
  howWasIt: 'Wie war der Anruf?',
  reason: 'Was war nicht gut? (freiwillig)',
  sendReason: 'Senden',
  thanks: 'Danke für die Rückmeldung.',
};
