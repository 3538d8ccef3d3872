// SPDX-License-Identifier: Apache-2.0
'use client';
/** @confab/react: the messenger and the call as components. Import '@confab/react/styles.css' once. */
export { AdminChat, type AdminChatProps } from './chat/AdminChat.tsx';
export { VoiceNote } from './voice/VoiceNote.tsx';
export { VoiceRecorder, type Recording, type RecorderState } from './voice/recorder.ts';
export { BanDialog } from './moderation/BanDialog.tsx';
export { BlockConfirm, Privacy } from './moderation/Privacy.tsx';
export { useOpenReports } from './moderation/useReports.ts';
export { saveConversation } from './moderation/save.ts';
export { Confirm } from './ui/Confirm.tsx';
export { Menu, type MenuItem } from './ui/Menu.tsx';
export { browserOf } from './support/browser.ts';
export { SupportDesk } from './support/SupportDesk.tsx';
export { UserChat, type UserChatProps } from './chat/UserChat.tsx';
export { unreadTotal, type Attention } from './chat/useAttention.ts';
export { useMessageSound } from './chat/useMessageSound.ts';
export { OutgoingCall, type OutgoingCallProps } from './call/OutgoingCall.tsx';
export { Lobby, type LobbyProps } from './lobby/Lobby.tsx';
export { DevicePicker } from './lobby/DevicePicker.tsx';
export { DevicePickers } from './lobby/DevicePickers.tsx';
export { MicLevel } from './lobby/MicLevel.tsx';
export { VideoView } from './call/VideoView.tsx';
export { VideoCall, type VideoCallProps } from './call/VideoCall.tsx';
export { IncomingCall, type IncomingCallProps } from './call/IncomingCall.tsx';
export { CallCenter, useCallCenter, type ActiveCall, type Center, type Peer } from './calls/CallCenter.tsx';
export { CallProvider, ConfabProvider, useCall, useMessages, useVideoClient, type ConfabProviderProps, type DeviceLink, type MakeDeviceLink } from './context.tsx';
export { DeviceLinkDialog } from './handover/DeviceLinkDialog.tsx';
export { useCalls, useConnectedUser, useConnectionState, useRingingCalls } from './hooks/useCalls.ts';
export { useCallStateHooks } from './hooks/useCallStateHooks.ts';
export { useChat } from './hooks/useChat.ts';
export { useJoinedCall } from './hooks/useCall.ts';
export { badge as formatBadge, duration as formatDuration } from './format.ts';
export { errorText } from './errorText.ts';
export { useModal } from './hooks/useModal.ts';
export { isShortcut } from './call/callKeys.ts';
export { playChime } from './sound/chime.ts';
export { useNow } from './hooks/useNow.ts';
export { useObservable } from './hooks/useObservable.ts';
export { Avatar } from './ui/Avatar.tsx';
export { EmptyState } from './ui/EmptyState.tsx';
export { Icon, type IconName } from './ui/Icon.tsx';
export { IconButton } from './ui/IconButton.tsx';
export { Spinner } from './ui/Spinner.tsx';
export { useToast } from './ui/Toasts.tsx';
export { en, type Messages } from './messages/en.ts';
export {
  chooseLanguage,
  directionOf,
  isLanguage,
  LANGUAGE_NAMES,
  LANGUAGES,
  loadMessages,
  localeOf,
  type Language,
} from './messages/languages.ts';
export { grammar, isolate, type Forms, type Grammar } from './messages/grammar.ts';
