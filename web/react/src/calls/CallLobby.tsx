// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { useMessages } from '../context.tsx';
import { LobbyDialog } from '../lobby/LobbyDialog.tsx';
import { useInCall } from './useInCall.ts';

interface CallLobbyProps {
  call: Call;
  /** Who is called when nobody is in it. */
  name: string;
  /** `ring`: nobody is in it now. */
  onJoin: (ring: boolean) => void;
  onCancel: () => void;
}

/** The lobby of a conversation's call: who is there, or whom joining calls, as it is now. */
export function CallLobby({ call, name, onJoin, onCancel }: CallLobbyProps) {
  const t = useMessages();
  const { others, me } = useInCall(call);
  const hint = others.length > 0 ? t.call.isThere(others) : me ? t.callIsLiveElsewhere : t.lobbyRings(name);
  return <LobbyDialog call={call} hint={hint} onJoin={() => onJoin(others.length === 0)} onCancel={onCancel} />;
}
