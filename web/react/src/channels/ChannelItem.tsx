// SPDX-License-Identifier: Apache-2.0
import { faceOf, otherOf, type ChannelObject, type ChatState } from '@confab/client';
import { Preview } from '../chat/Preview.tsx';
import { useMessages } from '../context.tsx';
import { shortTime } from '../format.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { UnreadBadge } from '../chat/UnreadBadge.tsx';

interface ChannelItemProps {
  channel: ChannelObject;
  state: ChatState;
  now: number;
  onSelect: () => void;
}

/** A direct or group conversation in the list. */
export function ChannelItem({ channel, state, now, onSelect }: ChannelItemProps) {
  const t = useMessages();
  const { id, type, last_message: last, call } = channel;
  const unread = state.unread.get(id) ?? 0;
  const face = faceOf(channel, state.me.id);
  const online = state.online.has(otherOf(channel, state.me.id)?.id ?? '');
  const typing = (state.typing.get(id) ?? []).map(({ user }) => user.name);
  return (
    <li>
      <button
        type="button"
        className={`cf-conv ${unread > 0 ? 'cf-conv--unread' : ''}`}
        aria-current={state.open === id ? 'true' : undefined}
        onClick={onSelect}
      >
        <span className="cf-conv__face">
          <Avatar user={face} size="large" />
          {online && <span className="cf-dot" role="img" aria-label={t.online} />}
        </span>
        <span className="cf-conv__main">
          <span className="cf-conv__top">
            {type === 'group' && (
              <span className="cf-conv__group">
                <Icon name="people" size={16} />
              </span>
            )}
            <span className="cf-conv__name" dir="auto">
              {face.name}
            </span>
            {last && <span className="cf-conv__time">{shortTime(Date.parse(last.created_at), now, t)}</span>}
          </span>
          <span className="cf-conv__bottom">
            <Preview last={last} me={state.me} named={type === 'group'} typing={typing} />
            {call && (
              <span className="cf-badge cf-badge--call">
                <Icon name="camera" size={14} /> {t.inCall}
              </span>
            )}
            <UnreadBadge count={unread} />
          </span>
        </span>
      </button>
    </li>
  );
}
