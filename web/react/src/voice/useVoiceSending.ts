// SPDX-License-Identifier: Apache-2.0
import { ConfabError, type UnsentFile } from '@confab/client';
import { useMessages, useVideoClient } from '../context.tsx';
import { errorText } from '../errorText.ts';
import { useToast } from '../ui/Toasts.tsx';
import type { Recording } from './recorder.ts';

type Send = (text: string, options: { private: boolean; files: readonly UnsentFile[] }) => void;

/** Brings a voice note to the server and sends it as a message; without a connection it waits. Says why it was refused, and rejects. */
export function useVoiceSending(conversationId: string, send: Send): (recording: Recording, options: { private: boolean }) => Promise<void> {
  const messages = useMessages();
  const toast = useToast();
  const { chat } = useVideoClient();
  return async ({ sound, name, durationMs, waveform }, options) => {
    const voice = { durationMs, waveform };
    try {
      const attachment = await chat.attach(conversationId, sound, name, voice);
      send('', { ...options, files: [{ name, file: sound, voice, attachment }] });
    } catch (error) {
      if (error instanceof ConfabError && error.statusCode === 0) return send('', { ...options, files: [{ name, file: sound, voice }] });
      toast(errorText(error, messages, messages.voice.notSent), 'problem');
      throw error;
    }
  };
}
