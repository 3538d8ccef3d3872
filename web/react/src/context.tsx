// SPDX-License-Identifier: Apache-2.0
/** What every component finds around itself: the client, the texts, the toasts, and, inside of a call, the call. */
import type { Call, VideoClient } from '@confab/client';
import { createContext, useContext, type ReactNode } from 'react';
import { MessagesContext } from './messages/context.ts';
import { en, type Messages } from './messages/en.ts';
import { ToastProvider } from './ui/Toasts.tsx';

const ClientContext = createContext<VideoClient | undefined>(undefined);
const CallContext = createContext<Call | undefined>(undefined);
const SoundContext = createContext(true);
const NotificationContext = createContext(false);
const ShortcutContext = createContext(true);

/** A one-time link that signs this person in on another device. */
export interface DeviceLink {
  url: string;
  lifeMs: number;
}

/** With a call the link leads into that. */
export type MakeDeviceLink = (cid?: string) => Promise<DeviceLink>;

const DeviceLinkContext = createContext<MakeDeviceLink | undefined>(undefined);

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
  /** With it a call can be continued on another device. Always the same function. */
  deviceLink?: MakeDeviceLink;
  children: ReactNode;
}

export function ConfabProvider(props: ConfabProviderProps) {
  const { client, messages = en, sounds = true, notifications = false, shortcuts = true, deviceLink, children } = props;
  return (
    <MessagesContext.Provider value={messages}>
      <ClientContext.Provider value={client}>
        <SoundContext.Provider value={sounds}>
          <NotificationContext.Provider value={notifications}>
            <ShortcutContext.Provider value={shortcuts}>
              <DeviceLinkContext.Provider value={deviceLink}>
                <ToastProvider>{children}</ToastProvider>
              </DeviceLinkContext.Provider>
            </ShortcutContext.Provider>
          </NotificationContext.Provider>
        </SoundContext.Provider>
      </ClientContext.Provider>
    </MessagesContext.Provider>
  );
}

/** Makes `useCall` and `useCallStateHooks` work below it. `VideoCall` brings its own. */
export function CallProvider({ call, children }: { call: Call; children: ReactNode }) {
  return <CallContext.Provider value={call}>{children}</CallContext.Provider>;
}

export function useVideoClient(): VideoClient {
  const client = useContext(ClientContext);
  if (!client) throw new Error('Wrap the component in <ConfabProvider client={…}>.');
  return client;
}

/** The call around the component; undefined outside of one. */
export function useCall(): Call | undefined {
  return useContext(CallContext);
}

export function useMessages(): Messages {
  return useContext(MessagesContext);
}

export function useNotifications(): boolean {
  return useContext(NotificationContext);
}

export function useShortcuts(): boolean {
  return useContext(ShortcutContext);
}

/** Undefined where the application makes none. */
export function useDeviceLink(): MakeDeviceLink | undefined {
  return useContext(DeviceLinkContext);
}

export function useSounds(): boolean {
  return useContext(SoundContext);
}
