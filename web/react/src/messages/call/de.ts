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
  ask: (name) => `${name} anrufen`,
  asking: 'Es klingelt …',
  isIn: 'Im Anruf',
  nobodyToAdd: 'Es gibt sonst niemanden zum Anrufen.',
  asksIn: (name, whose) => `${name} bittet Sie in den Anruf mit ${whose}`,
  didNotCome: (name) => `${name} ist nicht gekommen`,

  stillIn: (names) => `${list(names)} ${names.length === 1 ? 'ist' : 'sind'} noch im Anruf`,
  rejoin: 'Wieder beitreten',
  howWasIt: 'Wie war der Anruf?',
  reason: 'Was war nicht gut? (freiwillig)',
  sendReason: 'Senden',
  thanks: 'Danke für die Rückmeldung.',
};
