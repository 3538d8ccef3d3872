// SPDX-License-Identifier: Apache-2.0
/** What every component finds around itself: the client, the texts, the toasts. */
import type { VideoClient } from '@confab/client';
import { createContext, use, type ReactNode } from 'react';
import { en, type Messages } from './messages/en.ts';
import { ToastProvider } from './ui/Toasts.tsx';

const ClientContext = createContext<VideoClient | undefined>(undefined);
const MessagesContext = createContext<Messages>(en);

export interface ConfabProviderProps {
  /** Created once by the application; connected before components use it. */
  client: VideoClient;
  messages?: Messages;
  children: ReactNode;
}

export function ConfabProvider({ client, messages = en, children }: ConfabProviderProps) {
  return (
    <MessagesContext value={messages}>
      <ClientContext value={client}>
        <ToastProvider>{children}</ToastProvider>
      </ClientContext>
    </MessagesContext>
  );
}

export function useVideoClient(): VideoClient {
  const client = use(ClientContext);
  if (!client) throw new Error('Wrap the component in <ConfabProvider client={…}>.');
  return client;
}

export function useMessages(): Messages {
  return use(MessagesContext);
}
