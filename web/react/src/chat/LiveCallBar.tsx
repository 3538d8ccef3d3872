// SPDX-License-Identifier: Apache-2.0
import type { CallSessionObject, UserObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { Icon } from '../ui/Icon.tsx';

/** Says that people are in this conversation's call, and lets one in. */
export function LiveCallBar({ call, me, onJoin }: { call: CallSessionObject; me: UserObject; onJoin: () => void }) {
  const t = useMessages();
  const names = [...new Set(call.participants.filter((user) => user.id !== me.id).map((user) => user.name))];
  return (
    <div className="cf-livebar">
      <Icon name="camera" size={18} />
      <span className="cf-livebar__text">{names.length > 0 ? t.callIsLive(t.names(names)) : t.callIsLiveElsewhere}</span>
      <button type="button" className="cf-button cf-button--small" onClick={onJoin}>
        {t.joinCall}
      </button>
    </div>
  );
}
