// SPDX-License-Identifier: Apache-2.0
import { ownsChannel, type ChannelMemberObject, type ChannelObject, type UserObject } from '@confab/client';
import { useEffect, useState, type FormEvent } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { BanDialog } from '../moderation/BanDialog.tsx';
import { useDesk } from '../support/DeskContext.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { AddPeople } from './AddPeople.tsx';
import { GroupMember } from './GroupMember.tsx';
import { GROUP_NAME_MAX } from './NewGroup.tsx';
import { SlowSelect } from './SlowSelect.tsx';

interface GroupDialogProps {
  channel: ChannelObject;
  onLeft: () => void;
  onClose: () => void;
}

/** Who is in a group, and, for its owners, everything that can be changed about it. */
export function GroupDialog({ channel, onLeft, onClose }: GroupDialogProps) {
  const t = useMessages().channels;
  const { chat, state, attempt } = useDesk();
  const members = useAllMembers(channel);
  const owner = ownsChannel(channel, state.me.id);
  const [banning, setBanning] = useState<UserObject>();
  if (banning) return <BanDialog user={banning} onClose={() => setBanning(undefined)} />;
  return (
    <Dialog title={t.details} onClose={onClose}>
      <div className="cf-form">
        {owner ? <Rename channel={channel} /> : <h3 className="cf-group__name" dir="auto">{channel.name}</h3>}
        {owner && (
          <SlowSelect
            seconds={channel.slow_mode_s}
            onChange={(seconds) => void attempt(chat.changeChannel(channel.id, { slow_mode_s: seconds }))}
          />
        )}
        <section className="cf-group__members" aria-label={t.members} tabIndex={-1}>
          <h3 className="cf-group__title">{t.memberCount(channel.member_count)}</h3>
          <ul className="cf-people" role="list" aria-label={t.members}>
            {members.map((member) => (
              <GroupMember key={member.user.id} channel={channel} member={member} owner={owner} onBan={() => setBanning(member.user)} />
            ))}
          </ul>
        </section>
        {owner && <AddPeople channel={channel} members={members} />}
        <Leave channel={channel} onLeft={onLeft} />
      </div>
    </Dialog>
  );
}

/** Lists show the first hundred. */
function useAllMembers(channel: ChannelObject): readonly ChannelMemberObject[] {
  const client = useVideoClient();
  const [all, setAll] = useState<readonly ChannelMemberObject[]>();
  const { id, members, member_count: count } = channel;
  useEffect(() => {
    let current = true;
    if (count > members.length) client.chat.channelInfo(id).then((info) => current && setAll(info.members), () => {}); // the first ones stay
    else setAll(undefined);
    return () => {
      current = false;
    };
  }, [client, id, members, count]);
  return all ?? members;
}

function Rename({ channel }: { channel: ChannelObject }) {
  const t = useMessages().channels;
  const toast = useToast();
  const { chat, attempt } = useDesk();
  const [name, setName] = useState(channel.name ?? '');
  const wanted = name.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt(chat.changeChannel(channel.id, { name: wanted })).then((done) => done && toast(t.renamed));
  };
  return (
    <form className="cf-group__rename" onSubmit={submit}>
      <label className="cf-field">
        {t.groupName}
        <input value={name} maxLength={GROUP_NAME_MAX} autoComplete="off" onChange={(event) => setName(event.target.value)} />
      </label>
      <button type="submit" className="cf-button cf-button--quiet" disabled={wanted === '' || wanted === channel.name}>
        {t.saveName}
      </button>
    </form>
  );
}

/** Asked once more: nobody comes back alone. */
function Leave({ channel, onLeft }: { channel: ChannelObject; onLeft: () => void }) {
  const t = useMessages().channels;
  const { chat, attempt } = useDesk();
  const [sure, setSure] = useState(false);
  const leave = () => void attempt(chat.leaveChannel(channel.id)).then((done) => done && onLeft());
  if (!sure) {
    return (
      <button type="button" className="cf-button cf-button--quiet" onClick={() => setSure(true)}>
        {t.leave}
      </button>
    );
  }
  return (
    <div className="cf-group__leave" role="alert">
      <p>{t.leaveSure(channel.name ?? channel.id)}</p>
      <div className="cf-form__buttons">
        <button type="button" className="cf-button cf-button--quiet" onClick={() => setSure(false)}>
          {t.stay}
        </button>
        {/* the focus goes along with the question */}
        <button type="button" className="cf-button" ref={(button) => button?.focus()} onClick={leave}>
          {t.leave}
        </button>
      </div>
    </div>
  );
}
