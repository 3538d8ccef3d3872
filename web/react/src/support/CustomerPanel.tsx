// SPDX-License-Identifier: Apache-2.0
import type { ConversationObject, CustomerObject } from '@confab/client';
import { Fragment, useEffect, useState, type ReactNode } from 'react';
import { cardText } from '../chat/cardText.ts';
import { useMessages, useVideoClient } from '../context.tsx';
import { duration, shortTime } from '../format.ts';
import { useNow } from '../hooks/useNow.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { browserOf } from './browser.ts';
import { useDesk } from './DeskContext.tsx';
import { MergeDialog } from './MergeDialog.tsx';

const LOOK_AGAIN_MS = 30_000;

/** Who writes: where they are, with what, what was, and what the team keeps in mind. */
export function CustomerPanel({ conversation, onClose }: { conversation: ConversationObject; onClose: () => void }) {
  const t = useMessages().support;
  const client = useVideoClient();
  const [customer, setCustomer] = useState<CustomerObject>();
  const [merging, setMerging] = useState(false);
  const tick = useNow(LOOK_AGAIN_MS);
  const { id, last_message: last, support } = conversation;
  useEffect(() => {
    let current = true;
    client.support.customer(id).then((found) => current && setCustomer(found), () => {}); // asked again soon
    return () => {
      current = false;
    };
  }, [client, id, tick, last?.id, support.status, support.question]);
  return (
    <aside className="cf-customer" aria-label={t.customer}>
      <header className="cf-customer__head">
        <h2>{t.customer}</h2>
        <IconButton icon="close" label={t.closeCustomer} onClick={onClose} />
      </header>
      <div className="cf-customer__who">
        <Avatar user={conversation.user} size="huge" />
        <p className="cf-customer__name" dir="auto">
          {conversation.user.name}
        </p>
        <p className="cf-customer__id" dir="ltr">
          {conversation.user.id}
        </p>
      </div>
      {customer ? (
        <Details customer={customer} onChange={setCustomer}>
          <button type="button" className="cf-button cf-button--quiet cf-button--small cf-customer__merge" onClick={() => setMerging(true)}>
            {t.merge.open}
          </button>
        </Details>
      ) : (
        <Spinner label={t.customer} />
      )}
      {merging && <MergeDialog conversation={conversation} onClose={() => setMerging(false)} />}
    </aside>
  );
}

interface DetailsProps {
  customer: CustomerObject;
  onChange: (customer: CustomerObject) => void;
  /** What can be done with them. */
  children: ReactNode;
}

function Details({ customer, onChange, children }: DetailsProps) {
  const messages = useMessages();
  const t = messages.support;
  const { state } = useDesk();
  const now = useNow(60_000);
  const time = (at: string | null) => (at === null ? t.never : shortTime(Date.parse(at), now, messages));
  return (
    <div className="cf-customer__body">
      <dl className="cf-facts">
        {customer.page && (
          <Fact name={t.page}>
            <a href={customer.page} target="_blank" rel="noopener noreferrer nofollow">
              {customer.title || customer.page}
            </a>
          </Fact>
        )}
        {customer.agent && <Fact name={t.browser}>{browserOf(customer.agent)}</Fact>}
        {customer.language && <Fact name={t.language}>{customer.language}</Fact>}
        {customer.time_zone && <Fact name={t.timeZone}>{customer.time_zone}</Fact>}
        <Fact name={t.firstSeen}>{time(customer.first_seen_at ?? customer.created_at)}</Fact>
        <Fact name={t.lastSeen}>{state.online.has(customer.user.id) ? messages.online : time(customer.last_seen_at)}</Fact>
      </dl>
      <Notes customer={customer} onChange={onChange} />
      <section>
        <h3>{t.cases}</h3>
        {customer.cases.length === 0 && <p className="cf-customer__none">{t.noCases}</p>}
        <ul className="cf-customer__list" role="list">
          {customer.cases.map((one) => (
            <li key={one.id}>
              <span>{time(one.opened_at)}</span>
              <span>{one.resolved_at === null ? t.statuses.open : t.statuses.resolved}</span>
              {one.rating !== undefined && <span>{t.lines.rated(new Intl.NumberFormat(messages.locale).format(one.rating))}</span>}
              {one.comment !== undefined && <q dir="auto">{one.comment}</q>}
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{t.calls}</h3>
        {customer.calls.length === 0 && <p className="cf-customer__none">{t.noCalls}</p>}
        <ul className="cf-customer__list" role="list">
          {customer.calls.map((card) => (
            <li key={`${card.cid} ${card.started_at} ${card.ended_at}`}>
              <span>{time(card.started_at)}</span>
              <span>{cardText(card, state.me.id, messages)}</span>
              {card.duration_s > 0 && <span>{duration(card.duration_s * 1000, messages)}</span>}
              {card.feedback?.map(({ user_id: by, rating, reason }) => (
                <Fragment key={by}>
                  <span>{t.lines.rated(new Intl.NumberFormat(messages.locale).format(rating))}</span>
                  {reason !== null && <q dir="auto">{reason}</q>}
                </Fragment>
              ))}
            </li>
          ))}
        </ul>
      </section>
      {children}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="cf-fact">
      <dt>{name}</dt>
      <dd dir="auto">{children}</dd>
    </div>
  );
}

/** Kept when one leaves the field. */
function Notes({ customer, onChange }: { customer: CustomerObject; onChange: (customer: CustomerObject) => void }) {
  const t = useMessages().support;
  const client = useVideoClient();
  const { attempt } = useDesk();
  const [text, setText] = useState<string>();
  const shown = text ?? customer.notes;
  const save = () => {
    if (text === undefined || text === customer.notes) return;
    void attempt(
      client.support.noteCustomer(customer.user.id, text).then((saved) => {
        onChange(saved);
        setText((now) => (now === text ? undefined : now)); // who has written on meanwhile goes on
      }),
    );
  };
  return (
    <label className="cf-field">
      {t.notes}
      <textarea rows={4} maxLength={1000} value={shown} placeholder={t.notesHint} onChange={(event) => setText(event.target.value)} onBlur={save} />
    </label>
  );
}
