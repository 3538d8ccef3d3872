// SPDX-License-Identifier: Apache-2.0
import { isChannel, legOf, ownsChannel, type Call, type ChatStore, type Participant, type UserObject } from '@confab/client';
import { useEffect, useRef, useState } from 'react';
import { Person } from '../channels/Person.tsx';
import { useMessages, useVideoClient } from '../context.tsx';
import { errorText } from '../errorText.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { useToast } from '../ui/Toasts.tsx';
import type { Conversation } from './useConversation.ts';

interface AddPeopleProps {
  call: Call;
  conversation: Conversation;
  participants: readonly Participant[];
}

/** The button for asking colleagues into the call, for the team. Who is asked is rung. */
export function AddPeople(props: AddPeopleProps) {
  const { messenger } = props.conversation.chat;
  if (messenger?.state.me.role !== 'admin') return null;
  return <Inviting {...props} messenger={messenger} />;
}

function Inviting({ call, conversation, participants, messenger }: AddPeopleProps & { messenger: ChatStore }) {
  const messages = useMessages();
  const t = messages.call;
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const ask = useAsking(call);
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>('[role="group"]')?.focus();
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  return (
    <div
      className="cf-devices"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        setOpen(false);
        box.current?.querySelector('button')?.focus();
      }}
    >
      <IconButton icon="people" label={t.addPeople} look="call" aria-expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <div className="cf-devices__panel cf-invite" role="group" aria-label={t.addPeople} tabIndex={-1}>
          <p className="cf-invite__hint">{t.addHint}</p>
          <Candidates call={call} messenger={messenger} conversationId={conversation.id} there={participants} ask={ask} />
        </div>
      )}
    </div>
  );
}

interface CandidatesProps {
  call: Call;
  messenger: ChatStore;
  conversationId: string;
  there: readonly Participant[];
  ask: ReturnType<typeof useAsking>;
}

/**
 * Everybody who may be called: in a customer's conversation the team, in others their members; owners let others of the team
 * into the group so, and others come into a call between two for as long as it goes on. Who is online comes first.
 */
function Candidates({ call, messenger, conversationId, there, ask }: CandidatesProps) {
  const t = useMessages().call;
  const state = useObservable(messenger.state$);
  const channel = state.channels.get(conversationId);
  const letsIn = channel?.type === 'group' && ownsChannel(channel, state.me.id);
  const direct = channel?.type === 'direct';
  const team = useTeam(letsIn || direct || !isChannel(conversationId));
  const members = channel?.members.map(({ user }) => user);
  const people = letsIn || direct ? team && [...(members ?? []), ...team.filter(({ id }) => !members?.some((user) => user.id === id))] : (members ?? team);
  const prepare = async (id: string) => {
    if (members?.some((user) => user.id === id) ?? true) return;
    if (direct) await call.updateCallMembers({ update_members: [{ user_id: id }] });
    else await messenger.changeChannel(conversationId, { add_members: [id] });
  };
  if (!people) return <Spinner label={t.addPeople} />;
  const others = people.filter((user) => user.id !== state.me.id);
  if (others.length === 0) return <p className="cf-invite__hint">{t.nobodyToAdd}</p>;
  const order = (user: UserObject) => (state.online.has(user.id) ? 0 : 1);
  return (
    <>
      {letsIn && <p className="cf-invite__hint">{t.letsIn}</p>}
      {direct && <p className="cf-invite__hint">{t.justThisCall}</p>}
      <ul className="cf-people" role="list">
        {[...others]
          .sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name))
          .map((user) => (
            <li key={user.id} className="cf-person">
              <Person user={user} online={state.online.has(user.id)} />
              {there.some(({ userId }) => userId === user.id) ? (
                <span className="cf-invite__state">{t.isIn}</span>
              ) : ask.rings(user.id) ? (
                <span className="cf-invite__state" role="status">
                  {t.asking}
                </span>
              ) : (
                <IconButton
                  icon="camera"
                  label={t.ask(user.name)}
                  disabled={ask.busy}
                  onClick={(event) => {
                    event.currentTarget.closest<HTMLElement>('.cf-invite')?.focus(); // the button goes
                    ask.ask(user, () => prepare(user.id));
                  }}
                />
              )}
            </li>
          ))}
      </ul>
    </>
  );
}

function useTeam(wanted: boolean): readonly UserObject[] | undefined {
  const client = useVideoClient();
  const [team, setTeam] = useState<readonly UserObject[]>();
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    client.support.team().then((list) => current && setTeam(list), () => current && setTeam([]));
    return () => {
      current = false;
    };
  }, [client, wanted]);
  return team;
}

/** Rings one at a time, and says when somebody does not come. */
function useAsking(call: Call): { busy: boolean; rings(userId: string): boolean; ask(user: UserObject, prepare: () => Promise<void> | undefined): void } {
  const messages = useMessages();
  const toast = useToast();
  const ring = useObservable(call.state.ring$);
  const [asked, setAsked] = useState<{ user: UserObject; ringId: string | undefined }>();
  const mine = asked?.ringId !== undefined && ring?.id === asked.ringId ? ring : undefined;
  const state = mine && legOf(mine, asked?.user.id)?.state;
  const name = asked?.user.name;
  useEffect(() => {
    if (state === undefined || state === 'ringing' || name === undefined) return;
    setAsked(undefined);
    if (state !== 'accepted') toast(messages.call.didNotCome(name), 'problem');
  }, [state, name, toast, messages]);
  const ask = (user: UserObject, prepare: () => Promise<void> | undefined) => {
    setAsked({ user, ringId: undefined });
    const ringThem = async () => {
      await prepare();
      const reply = await call.ring({ member_ids: [user.id] });
      setAsked({ user, ringId: reply.ring?.id });
    };
    ringThem().catch((error: unknown) => {
      setAsked(undefined);
      toast(errorText(error, messages), 'problem');
    });
  };
  return { busy: asked !== undefined, rings: (userId) => asked?.user.id === userId, ask };
}
