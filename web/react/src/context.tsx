// SPDX-License-Identifier: Apache-2.0
/** What every component finds around itself: the client, the texts, the toasts, and, inside of a call, the call. */
import type { Call, VideoClient } from '@confab/client';
import { createContext, use, type ReactNode } from 'react';
import { en, type Messages } from './messages/en.ts';
import { ToastProvider } from './ui/Toasts.tsx';

const ClientContext = createContext<VideoClient | undefined>(undefined);
const MessagesContext = createContext<Messages>(en);
const CallContext = createContext<Call | undefined>(undefined);
const SoundContext = createContext(true);
const NotificationContext = createContext(false);
const ShortcutContext = createContext(true);

export interface ConfabProviderProps {
  /** Created once by the application; connected before components use it. */
  client: VideoClient;
  messages?: Messages;
  /** Ring tones. Default: on. */
  sounds?: boolean;
  /** A system notification of a call while the page is not looked at; the page asks for the permission. Default: off. */
  notifications?: boolean;
  /** Single keys: M, V, S, L, N, C in a call, A, E, Z, X, J, K for the team. Default: on. */
  shortcuts?: boolean;
  children: ReactNode;
}

export function ConfabProvider(props: ConfabProviderProps) {
  const { client, messages = en, sounds = true, notifications = false, shortcuts = true, children } = props;
  return (
    <MessagesContext value={messages}>
      <ClientContext value={client}>
        <SoundContext value={sounds}>
          <NotificationContext value={notifications}>
            <ShortcutContext value={shortcuts}>
              <ToastProvider>{children}</ToastProvider>
            </ShortcutContext>
          </NotificationContext>
        </SoundContext>
      </ClientContext>
    </MessagesContext>
  );
}

/** Makes `useCall` and `useCallStateHooks` work below it. `VideoCall` brings its own. */
export function CallProvider({ call, children }: { call: Call; children: ReactNode }) {
  return <CallContext value={call}>{children}</CallContext>;
}

export function useVideoClient(): VideoClient {
  const client = use(ClientContext);
  if (!client) throw new Error('Wrap the component in <ConfabProvider client={…}>.');
  return client;
}

/** The call around the component; undefined outside of one. */
export function useCall(): Call | undefined {
  return use(CallContext);
}

export function useMessages(): Messages {
  return use(MessagesContext);
}

export function useNotifications(): boolean {
  return use(NotificationContext);
}

export function useShortcuts(): boolean {
  return use(ShortcutContext);
}

export function useSounds(): boolean {
  return use(SoundContext);
}
