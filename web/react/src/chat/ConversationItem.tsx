// SPDX-License-Identifier: Apache-2.0
import type { ConversationObject, UserObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { shortTime } from '../format.ts';
import { Preview } from './Preview.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { PickBox } from '../support/PickBox.tsx';
import type { Picking } from '../support/usePicking.ts';
import { SupportMarks } from '../support/SupportMarks.tsx';
import { Icon } from '../ui/Icon.tsx';
import { UnreadBadge } from './UnreadBadge.tsx';

interface ConversationItemProps {
  conversation: ConversationObject;
  me: UserObject;
  unread: number;
  online: boolean;
  /** Somebody is writing there. */
  typing: boolean;
  selected: boolean;
  now: number;
  onSelect: () => void;
  picking: Picking;
}

export function ConversationItem({ conversation, me, unread, online, typing, selected, now, onSelect, picking }: ConversationItemProps) {
  const t = useMessages();
  const { id, user, last_message: last, call, support } = conversation;
  const picked = picking.picked.has(id);
  return (
    <li className={`cf-convs__item ${picked ? 'cf-convs__item--picked' : ''}`} data-conversation={id}>
      <PickBox picking={picking} id={id} name={user.name} />
      <button
        type="button"
        className={`cf-conv ${unread > 0 ? 'cf-conv--unread' : ''}`}
        aria-current={selected ? 'true' : undefined}
        {...picking.handlers(id, onSelect)}
      >
        <span className="cf-conv__face">
          <Avatar user={user} size="large" />
          {online && <span className="cf-dot" role="img" aria-label={t.online} />}
        </span>
        <span className="cf-conv__main">
          <span className="cf-conv__top">
            <span className="cf-conv__name" dir="auto">
              {user.name}
            </span>
            {last && <span className="cf-conv__time">{shortTime(Date.parse(last.created_at), now, t)}</span>}
          </span>
          <span className="cf-conv__bottom">
            <Preview last={last} me={me} typing={typing ? [user.name] : []} />
            <SupportMarks support={support} mentions={conversation.mentions ?? 0} now={now} />
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
