// SPDX-License-Identifier: Apache-2.0
import { faceOf, otherOf, type ChannelObject, type ChatState } from '@confab/client';
import { ConversationRow } from '../chat/ConversationRow.tsx';

interface ChannelItemProps {
  channel: ChannelObject;
  state: ChatState;
  now: number;
  onSelect: () => void;
}

/** A direct or group conversation in the list. */
export function ChannelItem({ channel, state, now, onSelect }: ChannelItemProps) {
  const { id, type, last_message: last, call } = channel;
  return (
    <li>
      <ConversationRow
        face={faceOf(channel, state.me.id)}
        online={state.online.has(otherOf(channel, state.me.id)?.id ?? '')}
        group={type === 'group'}
        last={last}
        call={call}
        me={state.me}
        unread={state.unread.get(id) ?? 0}
        typing={(state.typing.get(id) ?? []).map(({ user }) => user.name)}
        selected={state.open === id}
        now={now}
        handlers={{ onClick: onSelect }}
      />
    </li>
  );
}
