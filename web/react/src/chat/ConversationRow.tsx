// SPDX-License-Identifier: Apache-2.0
import type { CallSessionObject, MessageObject, UserObject } from '@confab/client';
import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { useMessages } from '../context.tsx';
import { shortTime } from '../format.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Preview } from './Preview.tsx';
import { UnreadBadge } from './UnreadBadge.tsx';

interface ConversationRowProps {
  face: Pick<UserObject, 'id' | 'name' | 'image'>;
  online: boolean;
  group?: boolean;
  last: MessageObject | null | undefined;
  call: CallSessionObject | null | undefined;
  me: UserObject;
  unread: number;
  /** Who is writing there. */
  typing: readonly string[];
  selected: boolean;
  now: number;
  /** What stands beside the name. */
  labels?: ReactNode;
  /** What else is to be said of it. */
  marks?: ReactNode;
  /** Of the button that it is. */
  handlers: ButtonHTMLAttributes<HTMLButtonElement>;
}

/** A conversation in a list, of whatever kind. */
export function ConversationRow({ face, online, group = false, last, call, me, unread, typing, selected, now, labels, marks, handlers }: ConversationRowProps) {
  const t = useMessages();
  return (
    <button type="button" className={`cf-conv ${unread > 0 ? 'cf-conv--unread' : ''}`} aria-current={selected ? 'true' : undefined} {...handlers}>
      <span className="cf-conv__face">
        <Avatar user={face} size="large" />
        {online && <span className="cf-dot" role="img" aria-label={t.online} />}
      </span>
      <span className="cf-conv__main">
        <span className="cf-conv__top">
          {group && (
            <span className="cf-conv__group">
              <Icon name="people" size={16} />
            </span>
          )}
          <span className="cf-conv__name" dir="auto">
            {face.name}
          </span>
          {labels}
          {last && <span className="cf-conv__time">{shortTime(Date.parse(last.created_at), now, t)}</span>}
        </span>
        <span className="cf-conv__bottom">
          <Preview last={last} me={me} named={group} typing={typing} />
          {marks}
          {call && (
            <span className="cf-badge cf-badge--call">
              <Icon name="camera" size={14} /> {t.inCall}
            </span>
          )}
          <UnreadBadge count={unread} />
        </span>
      </span>
    </button>
  );
}
