// SPDX-License-Identifier: Apache-2.0
/** The words for devices and networks: those of the app, fetched with the first call. */
import { call as callEn, type CallMessages } from '@confab/react/texts/call/en';
import { lobby as lobbyEn, type LobbyMessages } from '@confab/react/texts/lobby/en';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

export interface CallTexts {
  lobby: LobbyMessages;
  call: CallMessages;
}

const en: CallTexts = { lobby: lobbyEn, call: callEn };

const OTHERS: Record<string, () => Promise<CallTexts>> = {
  de: async () => ({ ...(await import('@confab/react/texts/call/de')), ...(await import('@confab/react/texts/lobby/de')) }),
  ar: async () => ({ ...(await import('@confab/react/texts/call/ar')), ...(await import('@confab/react/texts/lobby/ar')) }),
};

/** In the language of the widget's other texts. Never rejects. */
export function loadTexts(locale: string | undefined): Promise<CallTexts> {
  const load = OTHERS[locale?.split('-')[0] ?? ''];
  return load ? load().catch(() => en) : Promise.resolve(en);
}

export const CallTextsContext = createContext(en);

export const useCallTexts = (): CallTexts => useContext(CallTextsContext);
