// SPDX-License-Identifier: Apache-2.0
import type { ChannelMemberObject, ChannelObject } from '@confab/client';
import { useState, type FormEvent } from 'react';
import { useMessages } from '../context.tsx';
import { useDesk } from '../support/DeskContext.tsx';
import { handFocus } from './handFocus.ts';
import { PeoplePicker } from './PeoplePicker.tsx';

/** Colleagues who are not in the group yet. They see what was written before. */
export function AddPeople({ channel, members }: { channel: ChannelObject; members: readonly ChannelMemberObject[] }) {
  const t = useMessages().channels;
  const { chat, state, desk, attempt } = useDesk();
  const [chosen, setChosen] = useState<string[]>([]);
  const others = desk.team.filter(({ id }) => !members.some(({ user }) => user.id === id));
  const wanted = chosen.filter((id) => others.some((user) => user.id === id));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const hand = handFocus(event.currentTarget as HTMLElement);
    void attempt(chat.changeChannel(channel.id, { add_members: wanted }).then(hand)).then((done) => done && setChosen([]));
  };
  if (others.length === 0) return <p className="cf-people__none">{t.everybodyIn}</p>;
  return (
    <form className="cf-form" onSubmit={submit}>
      <PeoplePicker label={t.addPeople} people={others} online={state.online} chosen={chosen} onChange={setChosen} />
      <div className="cf-form__buttons">
        <button type="submit" className="cf-button cf-button--quiet" disabled={wanted.length === 0}>
          {t.add}
        </button>
      </div>
    </form>
  );
}
