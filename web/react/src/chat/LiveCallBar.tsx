// SPDX-License-Identifier: Apache-2.0
import type { CallSessionObject, UserObject } from '@confab/client';
import { GONE_MS } from '../calls/useInCall.ts';
import { useMessages } from '../context.tsx';
import { useLasting } from '../hooks/useCallStateHooks.ts';
import { Icon } from '../ui/Icon.tsx';

/** Says that people are in this conversation's call, and lets one in; who is in it elsewhere goes on here. */
export function LiveCallBar({ call, me, onJoin }: { call: CallSessionObject; me: UserObject; onJoin: () => void }) {
  const t = useMessages();
  const listed = call.participants.some((user) => user.id === me.id);
  const elsewhere = useLasting(listed, GONE_MS);
  const names = [...new Set(call.participants.filter((user) => user.id !== me.id).map((user) => user.name))];
  if (!elsewhere && names.length === 0) return null;
  return (
    <div className="cf-livebar">
      <Icon name="camera" size={18} />
      <span className="cf-livebar__text">{elsewhere ? t.callIsLiveElsewhere : t.callIsLive(t.names(names))}</span>
      <button type="button" className="cf-button cf-button--small" onClick={onJoin}>
        {elsewhere ? t.call.continueHere : t.joinCall}
      </button>
    </div>
  );
}
