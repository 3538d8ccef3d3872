// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { useMessages } from '../context.tsx';
import { LobbyDialog } from '../lobby/LobbyDialog.tsx';
import { useInCall } from './useInCall.ts';

interface CallLobbyProps {
  call: Call;
  /** Who is called when nobody is in it. */
  name: string;
  /** One goes on with it here, and stays in it on the other device. */
  beside: boolean;
  /** `ring`: nobody is in it now. */
  onJoin: (ring: boolean) => void;
  onCancel: () => void;
}

/** The lobby of a conversation's call: who is there, or whom joining calls, as it is now. */
export function CallLobby({ call, name, beside, onJoin, onCancel }: CallLobbyProps) {
  const t = useMessages();
  const { others, me } = useInCall(call);
  const goesOn = beside && me;
  const there = others.length > 0 ? t.call.isThere(others) : me ? t.callIsLiveElsewhere : t.lobbyRings(name);
  const hint = goesOn ? t.handover.lobbyHint : there;
  return <LobbyDialog call={call} title={goesOn ? t.handover.lobbyTitle : undefined} hint={hint} onJoin={() => onJoin(others.length === 0)} onCancel={onCancel} />;
}
