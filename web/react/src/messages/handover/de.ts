// SPDX-License-Identifier: Apache-2.0
/** German. */
import type { HandoverMessages } from './en.ts';

export const handover: HandoverMessages = {
  title: 'Auf einem anderen Gerät weiterführen',
  titleSignIn: 'Auf einem anderen Gerät anmelden',
  scan: 'Scannen Sie den Code mit Ihrem Telefon: Es meldet Sie dort an und öffnet diesen Anruf.',
  scanSignIn: 'Scannen Sie den Code mit Ihrem Telefon: Es meldet Sie dort an.',
  picture: 'QR-Code des Links',
  once: 'Er gilt einmal und fünf Minuten lang. Wer ihn hat, ist als Sie angemeldet: Zeigen Sie ihn niemandem.',
  copy: 'Link kopieren',
  copied: 'Der Link wurde kopiert',
  over: 'Dieser Code ist abgelaufen.',
  renew: 'Neuer Code',
  localOnly: (host) => `${host} gilt nur auf diesem Computer. Öffnen Sie diese Seite unter ihrer Adresse im Netz und erstellen Sie dann einen Code.`,

  isThere: 'Sie sind auf Ihrem anderen Gerät in diesem Anruf. Mikrofon und Ton sind hier aus.',
  leave: 'Hier verlassen',
  stay: 'Auch hier bleiben',

  lobbyTitle: 'Den Anruf hier weiterführen',
  lobbyHint: 'Auf Ihrem anderen Gerät bleiben Sie darin, bis Sie ihn dort verlassen.',
};
