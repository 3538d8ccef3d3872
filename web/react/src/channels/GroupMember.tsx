// SPDX-License-Identifier: Apache-2.0
import type { ChannelMemberObject, ChannelObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { useDesk } from '../support/DeskContext.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Person } from './Person.tsx';

interface GroupMemberProps {
  channel: ChannelObject;
  member: ChannelMemberObject;
  /** Whether who looks at it owns the group. */
  owner: boolean;
}

export function GroupMember({ channel, member, owner }: GroupMemberProps) {
  const t = useMessages().channels;
  const { chat, state, attempt } = useDesk();
  const { user, role } = member;
  const me = user.id === state.me.id;
  const change = (what: Parameters<typeof chat.changeChannel>[1]) => void attempt(chat.changeChannel(channel.id, what));
  return (
    <li className="cf-person">
      <Person user={user} online={state.online.has(user.id)} me={me} />
      {role === 'owner' && <span className="cf-badge">{t.owner}</span>}
      {owner && !me && role !== 'owner' && (
        <IconButton icon="star" label={t.makeOwner(user.name)} onClick={() => change({ owners: [user.id] })} />
      )}
      {owner && !me && <IconButton icon="close" label={t.remove(user.name)} onClick={() => change({ remove_members: [user.id] })} />}
    </li>
  );
}
