// SPDX-License-Identifier: Apache-2.0
import type { ConversationObject, UserObject } from '@confab/client';
import { memo } from 'react';
import { PickBox } from '../support/PickBox.tsx';
import { LabelDots, SupportMarks } from '../support/SupportMarks.tsx';
import type { Picking } from '../support/usePicking.ts';
import { ConversationRow } from './ConversationRow.tsx';

interface ConversationItemProps {
  conversation: ConversationObject;
  me: UserObject;
  unread: number;
  online: boolean;
  /** Somebody is writing there. */
  typing: boolean;
  selected: boolean;
  now: number;
  onSelect: (id: string) => void;
  picking: Picking;
}

/** A customer's conversation in the list. There may be thousands: only one of which something changed is drawn anew. */
export const ConversationItem = memo(function ConversationItem(props: ConversationItemProps) {
  const { conversation, me, unread, online, typing, selected, now, onSelect, picking } = props;
  const { id, user, last_message: last, call, support } = conversation;
  return (
    <li className={`cf-convs__item ${picking.picked.has(id) ? 'cf-convs__item--picked' : ''}`} data-conversation={id}>
      <PickBox picking={picking} id={id} name={user.name} />
      <ConversationRow
        face={user}
        online={online}
        last={last}
        call={call}
        me={me}
        unread={unread}
        typing={typing ? [user.name] : []}
        selected={selected}
        now={now}
        labels={<LabelDots support={support} />}
        marks={<SupportMarks support={support} mentions={conversation.mentions ?? 0} now={now} />}
        handlers={picking.handlers(id, () => onSelect(id))}
      />
    </li>
  );
});
