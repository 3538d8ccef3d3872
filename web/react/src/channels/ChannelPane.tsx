// SPDX-License-Identifier: Apache-2.0
import { callIdOf, faceOf, isSlowed, otherOf, type ChannelObject, type ChatState, type ChatStore } from '@confab/client';
import { useState } from 'react';
import { useCallCenter } from '../calls/CallCenter.tsx';
import { ConversationPane } from '../chat/ConversationPane.tsx';
import type { Drafts } from '../chat/drafts.ts';
import type { Found } from '../chat/SearchResults.tsx';
import { useMarkUnread } from '../chat/unread.ts';
import { useMessages, useVideoClient } from '../context.tsx';
import type { Messages } from '../messages/en.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ChannelMenu } from './ChannelMenu.tsx';
import { GroupDialog } from './GroupDialog.tsx';
import { SlowLine } from './SlowLine.tsx';

interface ChannelPaneProps {
  store: ChatStore;
  state: ChatState;
  channel: ChannelObject;
  target: Found | undefined;
  drafts: Drafts;
  onBack: () => void;
}

/** A direct or group conversation: the same thread as a customer's, with other people around it. */
export function ChannelPane({ store, state, channel, target, drafts, onBack }: ChannelPaneProps) {
  const t = useMessages();
  const client = useVideoClient();
  const center = useCallCenter();
  const markUnread = useMarkUnread(store, channel.id);
  const [details, setDetails] = useState(false);
  const face = faceOf(channel, state.me.id);
  const other = otherOf(channel, state.me.id);
  const online = other !== undefined && state.online.has(other.id);
  const until = state.slow.get(channel.id) ?? 0;
  const call = () => client.call('default', callIdOf(channel.id));
  const options = { ring: !channel.call };
  return (
    <>
      <ConversationPane
        store={store}
        state={state}
        conversationId={channel.id}
        channel={channel}
        person={face}
        subtitle={other ? (online ? t.online : other.id) : whoIsThere(channel, state, t)}
        online={online}
        target={target?.conversationId === channel.id ? target : undefined}
        call={channel.call}
        empty={
          other ? (
            <EmptyState icon="chat" title={t.firstMessageTeam(face.name)} hint={t.firstMessageTeamHint} />
          ) : (
            <EmptyState icon="people" title={t.channels.groupEmpty} hint={t.channels.groupEmptyHint} />
          )
        }
        drafts={drafts}
        actions={<ChannelMenu channel={channel} other={other} onDetails={() => setDetails(true)} onUnread={markUnread} />}
        question={channel.slow_mode_s > 0 && <SlowLine seconds={channel.slow_mode_s} slowed={isSlowed(channel, state.me)} until={until} />}
        waitUntil={until}
        onBack={onBack}
        onCall={() => center?.open(call(), face, options)}
        onCheck={() => center?.check(call(), face, options)}
      />
      {details && (
        <GroupDialog
          channel={channel}
          onLeft={() => {
            setDetails(false);
            onBack();
          }}
          onClose={() => setDetails(false)}
        />
      )}
    </>
  );
}

function whoIsThere(channel: ChannelObject, state: ChatState, t: Messages): string {
  const online = channel.members.filter(({ user }) => user.id !== state.me.id && state.online.has(user.id)).length;
  const all = t.channels.memberCount(channel.member_count);
  return online > 0 ? `${all} · ${t.channels.onlineCount(online)}` : all;
}
