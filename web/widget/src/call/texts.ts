// SPDX-License-Identifier: Apache-2.0
/** The words of a call, fetched with the first one; those for devices and networks are the app's. */
import { call as callEn, type CallMessages } from '@confab/react/texts/call/en';
import { lobby as lobbyEn, type LobbyMessages } from '@confab/react/texts/lobby/en';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { callWindow as callWindowEn, type CallWindowMessages } from '../messages/call/en.ts';
import { en as chatEn, type Messages } from '../messages/en.ts';

interface Words {
  lobby: LobbyMessages;
  call: CallMessages;
  callWindow: CallWindowMessages;
}

export interface CallTexts extends Omit<Words, 'callWindow'> {
  /** The widget's own: the chat's and the call's. */
  t: Messages & CallWindowMessages;
}

const en: Words = { lobby: lobbyEn, call: callEn, callWindow: callWindowEn };

const OTHERS: Record<string, () => Promise<Words>> = {
  de: async () => ({ ...(await import('@confab/react/texts/call/de')), ...(await import('@confab/react/texts/lobby/de')), ...(await import('../messages/call/de.ts')) }),
  ar: async () => ({ ...(await import('@confab/react/texts/call/ar')), ...(await import('@confab/react/texts/lobby/ar')), ...(await import('../messages/call/ar.ts')) }),
};

/** In the language of the widget's other texts. Never rejects. */
export async function loadTexts(chat: Messages): Promise<CallTexts> {
  const load = OTHERS[chat.locale?.split('-')[0] ?? ''];
  const { callWindow, ...others } = load ? await load().catch(() => en) : en;
  return { ...others, t: { ...chat, ...callWindow } };
}

export const CallTextsContext = createContext<CallTexts>({ ...en, t: { ...chatEn, ...callWindowEn } });

export const useCallTexts = (): CallTexts => useContext(CallTextsContext);
