// SPDX-License-Identifier: Apache-2.0
import { grammar } from '../grammar.ts';
import type { ModerationMessages } from './en.ts';

const { count } = grammar('de');

export const moderation: ModerationMessages = {
  menu: 'Mehr zu diesem Gespräch',
  savePage: 'Als lesbare Seite speichern',
  saveData: 'Als Daten speichern (JSON)',
  isSaved: 'Das Gespräch wurde gespeichert',
  ban: 'Sperren …',
  lift: 'Sperre aufheben …',
  bans: 'Gesperrte Personen',
  noBans: 'Niemand ist gesperrt.',
  banSomebody: 'Jemanden sperren …',
  banTitle: (name) => `${name} sperren`,
  banHint: 'Die Person wird sofort abgemeldet, ihre Anrufe enden, und sie kann nicht zurückkommen, solange die Sperre gilt. Sie liest den Grund.',
  userId: 'Benutzerkennung',
  howLong: 'Wie lange',
  durations: { hour: 'Eine Stunde', day: 'Ein Tag', week: 'Eine Woche', month: '30 Tage', forGood: 'Für immer' },
  until: (time) => `Bis ${time}`,
  by: (name) => `durch ${name}`,
  reason: 'Grund',
  reasonHint: 'Die Person liest ihn',
  banNow: 'Sperren',
  isBanned: (name) => `${name} ist gesperrt`,
  liftTitle: (name) => `Sperre von ${name} aufheben`,
  liftHint: 'Die Person kann sich wieder anmelden und schreiben.',
  liftNow: 'Sperre aufheben',
  isLifted: (name) => `${name} ist nicht mehr gesperrt`,

  delete: 'Kunden löschen …',
  deleteTitle: (name) => `${name} löschen`,
  deleteHint: 'Die Person wird sofort abgemeldet, ihre Anrufe enden, und sie kann nicht wiederkommen. Das Protokoll hält fest, wer es war.',
  deleteWhat: 'Was gelöscht wird',
  deleteModes: { soft: 'Nur das Konto', pruning: 'Konto, Name und was bekannt ist', hard: 'Alles' },
  deleteModeHints: {
    soft: 'Was gesagt wurde, bleibt mit dem Namen. Wer die Sperre aufhebt, macht es rückgängig.',
    pruning: 'Was gesagt wurde, bleibt, von „Deleted user“. Notizen, Seiten und Browser werden vergessen. Das lässt sich nicht rückgängig machen.',
    hard: 'Auch alle Nachrichten der Unterhaltung und ihre Dateien werden gelöscht. Das lässt sich nicht rückgängig machen.',
  },
  deleteNow: 'Löschen',
  isDeleted: (name) => `${name} wurde gelöscht`,

  privacy: 'Privatsphäre',
  blocked: 'Blockierte Personen',
  noBlocks: 'Sie haben niemanden blockiert.',
  blocksHint: 'Ihre direkten Nachrichten und Anrufe erreichen Sie nicht. Sie erfahren davon nichts.',
  unblock: 'Freigeben',
  unblockName: (name) => `${name} freigeben`,
  isUnblocked: (name) => `${name} ist nicht mehr blockiert`,
  block: 'Blockieren …',
  blockTitle: (name) => `${name} blockieren`,
  blockHint: 'Direkte Nachrichten und Anrufe der Person erreichen Sie nicht mehr, und Sie schreiben ihr auch nicht. Sie erfährt davon nichts. In den Einstellungen lässt es sich rückgängig machen.',
  blockNow: 'Blockieren',
  isBlocked: (name) => `${name} ist blockiert`,
  yourConversation: 'Ihr Gespräch',

  slowMode: (seconds) => count(seconds, { one: 'Langsamer Modus: Ihre nächste Nachricht kann in einer Sekunde gehen.', other: 'Langsamer Modus: Ihre nächste Nachricht kann in # Sekunden gehen.' }),
  tooFast: (seconds) => count(seconds, { one: 'Sie schreiben zu schnell. Versuchen Sie es in einer Sekunde wieder.', other: 'Sie schreiben zu schnell. Versuchen Sie es in # Sekunden wieder.' }),
  noMessages: 'Die Person nimmt keine Nachrichten von Ihnen an.',
};
