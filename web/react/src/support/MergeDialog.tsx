// SPDX-License-Identifier: Apache-2.0
import { ConfabError, type ConversationObject, type CustomerObject } from '@confab/client';
import { useEffect, useState } from 'react';
import { Person } from '../channels/Person.tsx';
import { useMessages, useVideoClient } from '../context.tsx';
import { errorText } from '../errorText.ts';
import { shortTime } from '../format.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { useDesk } from './DeskContext.tsx';

/** The server names the last ones only. */
const CALLS_TOLD = 20;

/** More are found by typing more of a name. */
const SHOWN = 50;

interface MergeDialogProps {
  conversation: ConversationObject;
  onClose: () => void;
}

/** Somebody else turned out to be this customer: who it is, then which of the two stays. */
export function MergeDialog({ conversation, onClose }: MergeDialogProps) {
  const [other, setOther] = useState<string>();
  return other === undefined ? (
    <Choosing conversation={conversation} onChoose={setOther} onClose={onClose} />
  ) : (
    <Comparing ids={[conversation.id, other]} onBack={() => setOther(undefined)} onClose={onClose} />
  );
}

function Choosing({ conversation, onChoose, onClose }: MergeDialogProps & { onChoose: (id: string) => void }) {
  const messages = useMessages();
  const t = messages.support.merge;
  const { state } = useDesk();
  const [words, setWords] = useState('');
  const wanted = words.trim().toLocaleLowerCase(messages.locale);
  const found = [...state.conversations.values()].filter(
    ({ id, user }) => id !== conversation.id && (user.name.toLocaleLowerCase(messages.locale).includes(wanted) || id.includes(wanted)),
  );
  return (
    <Dialog title={t.title(conversation.user.name)} onClose={onClose}>
      <div className="cf-form">
        <label className="cf-field">
          {t.find}
          <input type="search" value={words} autoComplete="off" onChange={(event) => setWords(event.target.value)} />
        </label>
        <ul className="cf-people" role="list" aria-label={t.candidates}>
          {found.slice(0, SHOWN).map(({ id, user }) => (
            <li key={id}>
              <button type="button" className="cf-person" onClick={() => onChoose(id)}>
                <Person user={user} online={state.online.has(id)} />
                <span className="cf-merge__id" dir="ltr">
                  {id}
                </span>
              </button>
            </li>
          ))}
        </ul>
        <p className="cf-people__none" role="status">
          {found.length === 0 ? t.nobody : found.length > SHOWN ? t.more : ''}
        </p>
      </div>
    </Dialog>
  );
}

/** Guests come and go; whom the shop knows, or who was there first, is more likely to stay. */
function likelier([one, two]: readonly [CustomerObject, CustomerObject]): string {
  const known = [one, two].filter(({ user }) => !user.id.startsWith('visitor-'));
  if (known.length === 1 && known[0]) return known[0].user.id;
  return (one.created_at <= two.created_at ? one : two).user.id;
}

interface ComparingProps {
  ids: readonly [string, string];
  onBack: () => void;
  onClose: () => void;
}

function Comparing({ ids, onBack, onClose }: ComparingProps) {
  const messages = useMessages();
  const t = messages.support.merge;
  const client = useVideoClient();
  const toast = useToast();
  const [both, setBoth] = useState<readonly [CustomerObject, CustomerObject]>();
  const [chosen, setChosen] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const [one, two] = ids;
  useEffect(() => {
    let current = true;
    Promise.all([client.support.customer(one), client.support.customer(two)]).then(
      (found) => current && setBoth(found),
      (error: unknown) => current && setProblem(errorText(error, messages)),
    );
    return () => {
      current = false;
    };
  }, [client, one, two, messages]);
  const kept = chosen ?? (both && likelier(both));
  const stays = both?.find(({ user }) => user.id === kept);
  const goes = both?.find(({ user }) => user.id !== kept);
  const submit = () => {
    if (!stays || !goes) return;
    setBusy(true);
    setProblem('');
    client.support.mergeCustomers(stays.user.id, goes.user.id).then(
      () => {
        toast(t.done(goes.user.name, stays.user.name));
        onClose();
      },
      (error: unknown) => {
        setBusy(false);
        setProblem(error instanceof ConfabError && error.statusCode === 409 ? t.inCall : errorText(error, messages));
      },
    );
  };
  return (
    <FormDialog title={t.compare} deed={t.now} danger disabled={busy || !stays} onSubmit={submit} onClose={onClose}>
      {both ? (
        <fieldset className="cf-merge">
          <legend>{t.whoStays}</legend>
          {both.map((customer) => (
            <Choice key={customer.user.id} customer={customer} stays={customer.user.id === kept} onChoose={() => setChosen(customer.user.id)} />
          ))}
        </fieldset>
      ) : (
        problem === '' && <Spinner label={t.compare} />
      )}
      {stays && goes && (
        <p className="cf-merge__warning" role="status">
          {t.warning(goes.user.name, stays.user.name)} <strong>{t.forGood}</strong>
        </p>
      )}
      {problem !== '' && (
        <p className="cf-merge__problem" role="alert">
          {problem}
        </p>
      )}
      <button type="button" className="cf-button cf-button--quiet cf-button--small cf-merge__back" onClick={onBack}>
        {t.back}
      </button>
    </FormDialog>
  );
}

function Choice({ customer, stays, onChoose }: { customer: CustomerObject; stays: boolean; onChoose: () => void }) {
  const messages = useMessages();
  const { support } = messages;
  const t = support.merge;
  const { state } = useDesk();
  const { user } = customer;
  const number = new Intl.NumberFormat(messages.locale);
  const time = (at: string | null) => (at === null ? support.never : shortTime(Date.parse(at), Date.now(), messages));
  const facts: [string, string][] = [
    [t.messages, number.format(customer.message_count)],
    [support.calls, `${number.format(customer.calls.length)}${customer.calls.length === CALLS_TOLD ? '+' : ''}`],
    [support.firstSeen, time(customer.first_seen_at ?? customer.created_at)],
    [support.lastSeen, state.online.has(user.id) ? messages.online : time(customer.last_seen_at)],
  ];
  if (customer.notes !== '') facts.push([support.notes, customer.notes]);
  return (
    <label className="cf-merge__choice">
      <span className="cf-merge__who">
        <input type="radio" name="kept" checked={stays} onChange={onChoose} />
        <span className="cf-merge__name" dir="auto">
          {user.name}
        </span>
        <span className="cf-merge__state">{stays ? t.stays : t.goes}</span>
      </span>
      <span className="cf-merge__id" dir="ltr">
        {user.id}
      </span>
      {facts.map(([name, value]) => (
        <span key={name} className="cf-merge__fact">
          <span>{name}</span> <span dir="auto">{value}</span>
        </span>
      ))}
    </label>
  );
}
