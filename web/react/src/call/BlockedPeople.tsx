// SPDX-License-Identifier: Apache-2.0
import type { Call, UserObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';

/** Who may not come in, for those who can let them in again. */
export function BlockedPeople({ call, peer }: { call: Call; peer: Pick<UserObject, 'id' | 'name'> }) {
  const t = useMessages();
  const blocked = useObservable(call.state.blockedUserIds$);
  const own = useObservable(call.state.ownCapabilities$);
  if (blocked.length === 0 || !own.includes('block-users')) return null;
  const nameOf = (id: string) => (id === peer.id ? peer.name : (call.state.members.find(({ user_id }) => user_id === id)?.user.name ?? id));
  return (
    <>
      {blocked.map((id) => (
        <p key={id} className="cf-request">
          <span>{t.isBlocked(nameOf(id))}</span>
          <button type="button" className="cf-button cf-button--small" onClick={() => void call.unblockUser(id).catch(() => {})}>
            {t.unblock}
          </button>
        </p>
      ))}
    </>
  );
}
