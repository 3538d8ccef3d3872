// SPDX-License-Identifier: Apache-2.0
import { faceOf, sortedChannels, type ChannelObject, type ChatState } from '@confab/client';
import { useState } from 'react';
import { moveByArrow } from '../chat/moveByArrow.ts';
import { useMessages } from '../context.tsx';
import { useNow } from '../hooks/useNow.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Icon } from '../ui/Icon.tsx';
import { ChannelItem } from './ChannelItem.tsx';
import { NewDirect } from './NewDirect.tsx';
import { NewGroup } from './NewGroup.tsx';

interface ChannelListProps {
  state: ChatState;
  /** Only those whose name holds this; empty: all, and new ones can be begun. */
  wanted: string;
  onSelect: (id: string) => void;
}

/** Those whose name holds what is wanted, in lower case. */
export const namedChannels = (state: ChatState, wanted: string): ChannelObject[] =>
  sortedChannels(state).filter((channel) => faceOf(channel, state.me.id).name.toLocaleLowerCase().includes(wanted));

/** The team's own conversations, latest activity first. */
export function ChannelList({ state, wanted, onSelect }: ChannelListProps) {
  const t = useMessages();
  const now = useNow(60_000);
  const [dialog, setDialog] = useState<'direct' | 'group' | undefined>();
  const shown = namedChannels(state, wanted);
  const begun = (id: string) => {
    setDialog(undefined);
    onSelect(id);
  };
  return (
    <>
      {wanted === '' && (
        <div className="cf-begin">
          <button type="button" className="cf-chip" onClick={() => setDialog('direct')}>
            <Icon name="plus" size={16} /> {t.channels.newDirect}
          </button>
          <button type="button" className="cf-chip" onClick={() => setDialog('group')}>
            <Icon name="people" size={16} /> {t.channels.newGroup}
          </button>
        </div>
      )}
      <ul className="cf-convs" role="list" aria-label={t.channels.list} onKeyDown={moveByArrow}>
        {shown.map((channel) => (
          <ChannelItem key={channel.id} channel={channel} state={state} now={now} onSelect={() => onSelect(channel.id)} />
        ))}
      </ul>
      {wanted === '' && shown.length === 0 && <EmptyState icon="people" title={t.channels.none} hint={t.channels.noneHint} />}
      {dialog === 'direct' && <NewDirect onBegun={begun} onClose={() => setDialog(undefined)} />}
      {dialog === 'group' && <NewGroup onBegun={begun} onClose={() => setDialog(undefined)} />}
    </>
  );
}
