// SPDX-License-Identifier: Apache-2.0
import type { ChannelChange, ChannelMemberObject, ChannelObject } from '@confab/client';
import type { MouseEvent } from 'react';
import { useMessages } from '../context.tsx';
import { useDesk } from '../support/DeskContext.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { handFocus } from './handFocus.ts';
import { Person } from './Person.tsx';

interface GroupMemberProps {
  channel: ChannelObject;
  member: ChannelMemberObject;
  /** Whether who looks at it owns the group. */
  owner: boolean;
  onBan: () => void;
}

export function GroupMember({ channel, member, owner, onBan }: GroupMemberProps) {
  const messages = useMessages();
  const t = messages.channels;
  const { chat, state, attempt } = useDesk();
  const { user, role } = member;
  const me = user.id === state.me.id;
  const change = (what: ChannelChange) => (event: MouseEvent) => {
    void attempt(chat.changeChannel(channel.id, what).then(handFocus(event.currentTarget)));
  };
  return (
    <li className="cf-person">
      <Person user={user} online={state.online.has(user.id)} me={me} />
      {role === 'owner' && <span className="cf-badge">{t.owner}</span>}
      {owner && !me && role !== 'owner' && (
        <IconButton icon="star" label={t.makeOwner(user.name)} onClick={change({ owners: [user.id] })} />
      )}
      {owner && !me && <IconButton icon="alert" label={messages.moderation.banTitle(user.name)} onClick={onBan} />}
      {owner && !me && <IconButton icon="close" label={t.remove(user.name)} onClick={change({ remove_members: [user.id] })} />}
    </li>
  );
}
