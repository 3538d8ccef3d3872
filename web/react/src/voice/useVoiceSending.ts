// SPDX-License-Identifier: Apache-2.0
import { ConfabError, type AttachmentObject } from '@confab/client';
import { useMessages, useVideoClient } from '../context.tsx';
import { useToast } from '../ui/Toasts.tsx';
import type { Recording } from './recorder.ts';

type Send = (text: string, options: { private: boolean; attachments: AttachmentObject[] }) => void;

/** Brings a voice note to the server and sends it as a message. Says why when it did not go, and rejects. */
export function useVoiceSending(conversationId: string, send: Send): (recording: Recording, options: { private: boolean }) => Promise<void> {
  const t = useMessages().voice;
  const toast = useToast();
  const { chat } = useVideoClient();
  return async ({ sound, name, durationMs, waveform }, options) => {
    try {
      const attachment = await chat.attach(conversationId, sound, name, { durationMs, waveform });
      send('', { ...options, attachments: [attachment] });
    } catch (error) {
      toast(error instanceof ConfabError && error.statusCode > 0 ? error.message : t.notSent);
      throw error;
    }
  };
}
