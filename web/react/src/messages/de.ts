// SPDX-License-Identifier: Apache-2.0
/** German. */
import type { DeviceErrorReason, DeviceKind } from '@confab/client';
import type { Messages } from './en.ts';
import { grammar } from './grammar.ts';
import { support } from './support/de.ts';

const { count, list } = grammar('de');

const PERMISSION_NAMES: Record<string, string> = { 'send-audio': 'das Mikrofon', 'send-video': 'die Kamera', screenshare: 'den Bildschirm' };
const permissionName = (permission: string): string => PERMISSION_NAMES[permission] ?? permission;

const REACTION_NAMES: Record<string, string> = {
  like: 'Daumen hoch',
  heart: 'Herz',
  laugh: 'Lachen',
  clap: 'Applaus',
  'raise-hand': 'Gehobene Hand',
};

const DEVICE_NAMES: Record<DeviceKind, string> = { camera: 'die Kamera', microphone: 'das Mikrofon', screenShare: 'den Bildschirm' };
const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const de: Messages = {
  locale: 'de',
  names: (names) => names.join(', '),
  fileSize: (amount, unit) => `${amount} ${unit}`,
  support,

  // conversations
  conversations: 'Unterhaltungen',
  noConversations: 'Noch keine Unterhaltungen',
  noConversationsHint: 'Sobald ein Kunde schreibt, erscheint die Unterhaltung hier.',
  selectConversation: 'Wählen Sie eine Unterhaltung',
  selectConversationHint: 'Wählen Sie in der Liste jemanden aus, um zu lesen und zu antworten.',
  noMessagesPreview: 'Noch keine Nachrichten',
  you: 'Sie',
  yourPrefix: (text) => `Sie: ${text}`,
  unread: (n) => count(n, { one: '1 neue Nachricht', other: '# neue Nachrichten' }),
  inCall: 'Im Anruf',
  back: 'Zurück zur Liste',
  loading: 'Wird geladen',
  retry: 'Erneut versuchen',
  loadFailed: 'Das konnte nicht geladen werden',
  loadFailedHint: 'Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.',

  // messages
  conversationWith: (name) => `Unterhaltung mit ${name}`,
  message: 'Nachricht',
  messagePlaceholder: (name) => `An ${name} schreiben`,
  send: 'Senden',
  sending: 'Wird gesendet',
  notDelivered: 'Nicht zugestellt',
  resend: 'Noch einmal',
  tooLong: 'Das ist zu lang, um es auf einmal zu senden.',
  newMessages: 'Neue Nachrichten',
  toNewest: 'Zu den neuesten Nachrichten',
  messageOptions: 'Optionen der Nachricht',
  react: 'Reagieren',
  reactWith: (type) => `Mit ${type} reagieren`,
  reactionCount: (type, n) => `${type} ${count(n, { one: 'von einer Person', other: 'von # Personen' })}`,
  reply: 'Antworten',
  replyTo: (name) => `Antwort an ${name}`,
  showQuoted: 'Zitierte Nachricht zeigen',
  copyText: 'Text kopieren',
  edit: 'Bearbeiten',
  edited: 'bearbeitet',
  editing: 'Nachricht bearbeiten',
  save: 'Speichern',
  delete: 'Löschen',
  messageDeleted: 'Diese Nachricht wurde gelöscht',
  privateNote: 'Interne Notiz',
  privateNoteHint: 'Diese Notiz sieht nur das Team',
  writeNote: 'Eine interne Notiz schreiben',
  receipt: { sent: 'Gesendet', delivered: 'Zugestellt', read: 'Gelesen' },
  isTyping: (names) => `${list(names)} ${names.length === 1 ? 'schreibt' : 'schreiben'} …`,
  online: 'Online',
  supportOnline: 'Jetzt erreichbar',
  supportAway: 'Wir antworten, sobald wir zurück sind',
  actionFailed: 'Das hat nicht geklappt. Versuchen Sie es noch einmal.',
  attach: 'Dateien anhängen',
  attachments: 'Angehängte Dateien',
  uploading: (name) => `${name} wird gesendet`,
  removeFile: (name) => `${name} entfernen`,
  fileTooLarge: (name) => `${name} ist größer als 10 MB.`,
  fileEmpty: (name) => `${name} ist leer.`,
  fileFailed: (name) => `${name} konnte nicht gesendet werden. Versuchen Sie es noch einmal.`,
  tooManyFiles: (n) => count(n, { one: 'Zu einer Nachricht gehört höchstens eine Datei.', other: 'Zu einer Nachricht gehören höchstens # Dateien.' }),
  dropHere: 'Dateien hier ablegen, um sie anzuhängen',
  picture: (name) => `Bild: ${name}`,
  filePreview: (n) => count(n, { one: 'Hat eine Datei gesendet', other: 'Hat # Dateien gesendet' }),
  search: 'Suchen',
  searchPlaceholder: 'Namen und Nachrichten durchsuchen',
  searchNothing: 'Nichts gefunden',
  searchNothingHint: 'Versuchen Sie es mit weniger oder anderen Wörtern.',
  searchMessages: 'Nachrichten',
  clearSearch: 'Suche leeren',
  today: 'Heute',
  yesterday: 'Gestern',
  firstMessageTeam: (name) => `Noch nichts von ${name}`,
  firstMessageTeamHint: 'Sagen Sie Hallo, oder beginnen Sie einen Videoanruf.',
  firstMessageUser: 'Wie können wir helfen?',
  firstMessageUserHint: 'Schreiben Sie uns hier, oder drücken Sie die Kamera, um von Angesicht zu Angesicht zu sprechen.',
  supportTeam: 'Support',

  // connection
  reconnecting: 'Verbindung verloren. Sie wird wiederhergestellt …',

  // calls
  startVideoCall: 'Videoanruf beginnen',
  joinCall: 'Teilnehmen',
  callIsLive: (names) => `Videoanruf mit ${names}`,
  callIsLiveElsewhere: 'Sie sind in einem anderen Fenster in diesem Anruf',
  videoCall: 'Videoanruf',
  incomingCall: 'Eingehender Anruf',
  isCalling: (name) => `${name} ruft an`,
  accept: 'Annehmen',
  decline: 'Ablehnen',
  connecting: 'Verbindung wird aufgebaut …',
  connectedToast: 'Mit dem Videoanruf verbunden',
  waitingFor: (name) => `Warten auf ${name}`,
  waitingHint: 'Ihr Anruf wird dort angezeigt.',
  declinedBy: (name) => `${name} hat den Anruf abgelehnt`,
  joined: (name) => `${name} nimmt jetzt teil`,
  left: (name) => `${name} hat den Anruf verlassen`,
  callFailed: 'Der Anruf konnte nicht begonnen werden',
  callReconnecting: 'Verbindung wird wiederhergestellt …',
  callOffline: 'Sie sind offline. Der Anruf geht weiter, sobald das Netz wieder da ist.',
  callLost: 'Der Anruf ist abgerissen',
  close: 'Schließen',
  cancel: 'Abbrechen',
  calling: (name) => `${name} wird angerufen …`,
  outgoingCall: 'Ausgehender Anruf',
  noAnswer: (name) => `${name} hat nicht abgenommen`,
  isBusy: (name) => `${name} ist in einem anderen Anruf`,
  callAgain: 'Noch einmal anrufen',
  answeredElsewhere: 'Der Anruf wurde schon angenommen',
  voiceCall: 'Sprachanruf',
  missedCall: (name) => `Verpasster Anruf von ${name}`,
  callBack: 'Zurückrufen',
  cardDeclined: (kind) => `${kind}, abgelehnt`,
  cardOutgoing: {
    missed: (kind) => `${kind}, keine Antwort`,
    declined: (kind) => `${kind}, abgelehnt`,
    cancelled: (kind) => `${kind}, abgebrochen`,
    busy: (kind) => `${kind}, besetzt`,
  },
  mute: 'Stumm schalten',
  unmute: 'Mikrofon einschalten',
  muted: 'Stumm',
  cameraOff: 'Kamera ausschalten',
  cameraOn: 'Kamera einschalten',
  shareScreen: 'Bildschirm teilen',
  stopSharing: 'Nicht mehr teilen',
  leaveCall: 'Anruf verlassen',
  callControls: 'Anruf steuern',
  screenOf: (name) => `Bildschirm von ${name}`,
  youAreSharing: 'Ihr Bildschirm wird geteilt',
  callDuration: 'Dauer des Anrufs',
  enableSound: 'Ton einschalten',
  soundBlocked: 'Der Browser lässt den Ton aus, bis Sie den Knopf drücken.',
  dismiss: 'Ausblenden',
  youAreMuted: 'Sie sind stumm',
  connectionPoor: 'Schlechte Verbindung',
  connectionLost: 'Verbindung verloren',
  allow: 'Erlauben',
  deny: 'Jetzt nicht',
  asksFor: (name, permissions) => `${name} bittet um ${list(permissions.map(permissionName))}`,
  askFor: (permission) => `Um ${permissionName(permission)} bitten`,
  asked: 'Gefragt. Warten auf eine Antwort',
  reactions: 'Reaktionen',
  reaction: (type) => REACTION_NAMES[type] ?? type,
  reactionOf: (name, type) => `${name}: ${REACTION_NAMES[type] ?? type}`,

  // devices
  devices: 'Kamera und Ton',
  checkDevices: 'Kamera und Ton prüfen',
  camera: 'Kamera',
  microphone: 'Mikrofon',
  speaker: 'Lautsprecher',
  noDevice: 'Keins gefunden',
  deviceNumber: (label, n) => `${label} ${n}`,
  micLevel: 'Lautstärke Ihres Mikrofons',
  micSilent: 'Das Mikrofon ist aus',
  preview: 'Vorschau',
  cameraIsOff: 'Die Kamera ist aus',
  lobbyTitle: 'Bereit?',
  joinNow: 'Jetzt teilnehmen',

  deviceError: (kinds: readonly DeviceKind[], reason: DeviceErrorReason): string => {
    const name = list(kinds.map((kind) => DEVICE_NAMES[kind]));
    if (reason === 'denied') return `Ihr Browser erlaubt dieser Seite nicht, ${name} zu benutzen. Erlauben Sie es in der Adresszeile.`;
    if (reason === 'missing') return `Nicht gefunden: ${name}. Im Anruf sind Sie ohne.`;
    if (reason === 'busy') return `Ein anderes Programm benutzt ${name}.`;
    if (reason === 'insecure') return `Browser geben ${name} nur an Seiten, die mit https geöffnet wurden.`;
    if (reason === 'lost') return `${upper(name)} kann Confab nicht mehr erreichen: ausgesteckt oder ausgefallen.`;
    return `${upper(name)} konnte Confab nicht einschalten.`;
  },
};
