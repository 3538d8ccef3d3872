// SPDX-License-Identifier: Apache-2.0
import type { DeviceKind } from '@confab/client';
import { grammar } from '@confab/react/plain';
import { voice } from '@confab/react/texts/voice/de';
import type { Messages } from './en.ts';

const { count } = grammar('de');

const DEVICES: Record<DeviceKind, [string, string]> = {
  camera: ['die Kamera', 'Kamera'],
  microphone: ['das Mikrofon', 'Mikrofon'],
  screenShare: ['den Bildschirm', 'Bildschirm'],
};

export const de: Messages = {
  locale: 'de',
  dir: 'ltr',

  title: 'Kundendienst',
  openChat: 'Chat öffnen',
  openChatUnread: (n) => count(n, { one: 'Chat öffnen, # neue Nachricht', other: 'Chat öffnen, # neue Nachrichten' }),
  closeChat: 'Chat schließen',
  newMessages: (n) => count(n, { one: '# neue Nachricht', other: '# neue Nachrichten' }),
  online: 'Jetzt erreichbar',
  away: 'Wir antworten, sobald wir zurück sind',
  opensAt: (time) => `Gerade geschlossen, wieder da: ${time}`,
  greeting: 'Wie können wir helfen?',
  greetingHint: 'Schreiben Sie uns hier, oder drücken Sie auf die Kamera, um von Angesicht zu Angesicht zu sprechen.',
  offline: 'Verbindung unterbrochen. Wird wiederhergestellt …',
  unreachable: 'Wir sind gerade nicht erreichbar. Neuer Versuch läuft …',
  notStarted: 'Der Chat konnte nicht gestartet werden.',
  retry: 'Erneut versuchen',
  loading: 'Wird geladen',
  loadFailed: 'Die Nachrichten konnten nicht geladen werden.',

  conversation: 'Unterhaltung',
  message: 'Nachricht',
  placeholder: 'Nachricht schreiben',
  send: 'Senden',
  sending: 'Wird gesendet',
  notDelivered: 'Nicht zugestellt',
  banned: (until, reason) => `Sie sind für diesen Chat${until === undefined ? '' : ` bis ${until}`} gesperrt${reason === '' ? '.' : `: ${reason}`}`,
  tooFast: (seconds) => count(seconds, { one: 'Zu schnell. Bitte in einer Sekunde noch einmal.', other: 'Zu schnell. Bitte in # Sekunden noch einmal.' }),
  resend: 'Erneut senden',
  tooLong: 'Das ist zu lang für eine einzelne Nachricht.',
  resolved: 'Diese Unterhaltung wurde abgeschlossen. Schreiben Sie jederzeit wieder.',
  reopened: 'Die Unterhaltung ist wieder offen',
  howWasIt: 'Wie war es?',
  stars: ['Sehr schlecht', 'Schlecht', 'In Ordnung', 'Gut', 'Sehr gut'],
  comment: 'Was sollten wir wissen?',
  skip: 'Überspringen',
  sendRating: 'Bewertung senden',
  rateFailed: 'Das konnte nicht gesendet werden. Bitte erneut versuchen.',
  thanks: 'Danke für Ihre Antwort.',
  edited: 'bearbeitet',
  deleted: 'Diese Nachricht wurde gelöscht',
  you: 'Sie',
  receipt: { sent: 'Gesendet', delivered: 'Zugestellt', read: 'Gelesen' },
  isTyping: (name) => `${name} schreibt …`,
  today: 'Heute',
  yesterday: 'Gestern',
  toNewest: 'Zu den neuesten Nachrichten',
  fileSize: (amount, unit) => `${amount} ${unit}`,
  attach: 'Dateien anhängen',
  attachments: 'Angehängte Dateien',
  dropHere: 'Dateien hier ablegen',
  uploading: (name) => `${name} wird gesendet`,
  removeFile: (name) => `${name} entfernen`,
  fileTooLarge: (name) => `${name} ist größer als 10 MB.`,
  fileEmpty: (name) => `${name} ist leer.`,
  fileFailed: (name) => `${name} konnte nicht gesendet werden. Bitte erneut versuchen.`,
  tooManyFiles: (n) => `Höchstens ${n} Dateien passen zu einer Nachricht.`,
  picture: (name) => `Bild: ${name}`,
  voice,

  startVideoCall: 'Videoanruf starten',
  videoCall: 'Videoanruf',
  callIsLive: (names) => `Videoanruf mit ${names}`,
  callIsLiveElsewhere: 'Sie sind in einem anderen Fenster in diesem Anruf',
  joinCall: 'Teilnehmen',
  incomingCall: 'Eingehender Anruf',
  isCalling: (name) => `${name} ruft an`,
  accept: 'Annehmen',
  decline: 'Ablehnen',
  answeredElsewhere: 'Der Anruf wurde schon angenommen',
  calling: (name) => `${name} wird angerufen …`,
  connecting: 'Wird verbunden …',
  connected: 'Mit dem Videoanruf verbunden',
  reconnecting: 'Verbindung wird wiederhergestellt …',
  waiting: 'Warten, bis jemand beitritt',
  declined: 'Gerade kann niemand den Anruf annehmen',
  noAnswer: 'Niemand hat geantwortet',
  busy: 'Alle sprechen gerade',
  left: (name) => `${name} hat aufgelegt`,
  callFailed: 'Der Anruf konnte nicht gestartet werden',
  callLost: 'Der Anruf ist abgebrochen',
  callAgain: 'Erneut anrufen',
  leaveMessage: 'Nachricht hinterlassen',
  cancel: 'Abbrechen',
  leaveCall: 'Auflegen',
  mute: 'Mikrofon ausschalten',
  unmute: 'Mikrofon einschalten',
  muted: 'Stumm',
  cameraOff: 'Kamera ausschalten',
  cameraOn: 'Kamera einschalten',
  shareScreen: 'Bildschirm teilen',
  stopSharing: 'Nicht mehr teilen',
  sharing: 'Ihr Bildschirm wird geteilt',
  screenOf: (name) => `Bildschirm von ${name}`,
  pip: 'Bild im Bild',
  enlarge: 'Groß anzeigen',
  shrink: 'Klein anzeigen',
  flip: 'Andere Kamera',
  callDuration: 'Dauer des Anrufs',
  soundBlocked: 'Ton einschalten',
  missed: (name) => `Verpasster Anruf von ${name}`,
  card: {
    completed: 'Videoanruf',
    missed: 'Videoanruf, keine Antwort',
    declined: 'Videoanruf, abgelehnt',
    cancelled: 'Videoanruf, abgebrochen',
    busy: 'Videoanruf, besetzt',
  },

  deviceError: (kind, reason) => {
    const [article, name] = DEVICES[kind];
    if (reason === 'denied') return `Der Browser lässt diese Seite ${article} nicht benutzen. Erlauben Sie es in der Adresszeile.`;
    if (reason === 'missing') return `Gerät nicht gefunden: ${name}. Sie nehmen ohne teil.`;
    if (reason === 'busy') return `Ein anderes Programm benutzt gerade ${article}.`;
    if (reason === 'insecure') return `Browser geben ${article} nur an Seiten, die mit https geöffnet wurden.`;
    if (reason === 'lost') return `Gerät ausgefallen: ${name}.`;
    return `Gerät konnte nicht gestartet werden: ${name}.`;
  },
};
