// SPDX-License-Identifier: Apache-2.0
import type { AuditRowObject, UserObject } from '@confab/client';
import { useEffect, useRef, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useComebacks } from '../hooks/useComebacks.ts';
import { useAttempt } from './SupportDesk.tsx';

const PAGE = 25;
/** The beginnings of actions, to look for. */
const ACTIONS = ['session', 'account', 'user', 'conversation', 'label', 'canned', 'customer', 'message', 'report', 'call', 'calltype', 'settings'];

/** Who did what when. Nothing is taken out of it. */
export function AuditLog({ team }: { team: readonly UserObject[] }) {
  const messages = useMessages();
  const t = messages.support;
  const client = useVideoClient();
  const attempt = useAttempt();
  const [actor, setActor] = useState('');
  const [action, setAction] = useState('');
  const [rows, setRows] = useState<readonly AuditRowObject[]>([]);
  const [more, setMore] = useState(false);
  const comebacks = useComebacks();
  const again = rows.length === 0 ? comebacks : 0; // what one has gone back to stays
  /** Which rows are on screen, or will be: what was asked for others comes too late. */
  const round = useRef({});
  const ask = (before?: number) =>
    client.support.audit({
      limit: PAGE,
      ...(actor === '' ? {} : { actor }),
      ...(action === '' ? {} : { action }),
      ...(before === undefined ? {} : { before }),
    });
  useEffect(() => {
    const mine = (round.current = {});
    const set = ({ audit, has_more }: { audit: AuditRowObject[]; has_more: boolean }) => {
      setRows(audit);
      setMore(has_more);
    };
    ask().then((found) => round.current === mine && set(found), () => {});
    return () => {
      round.current = {};
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `ask` is made of these
  }, [client, actor, action, again]);
  const older = () => {
    const mine = (round.current = {});
    void attempt(
      ask(rows.at(-1)?.id).then((found) => {
        if (round.current !== mine) return; // pressed twice, or looking for something else by now
        setRows([...rows, ...found.audit]);
        setMore(found.has_more);
      }),
    );
  };
  const time = new Intl.DateTimeFormat(messages.locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const nameOf = (id: string) => team.find((user) => user.id === id)?.name ?? id;
  return (
    <section className="cf-desk__section" aria-labelledby="cf-audit">
      <header className="cf-desk__head">
        <h2 id="cf-audit">{t.audit}</h2>
        <select className="cf-select" aria-label={t.auditWho} value={actor} onChange={(event) => setActor(event.target.value)}>
          <option value="">{t.anybody}</option>
          {team.map((user) => (
            <option key={user.id} value={user.id}>
              {user.name}
            </option>
          ))}
        </select>
        <select className="cf-select" aria-label={t.auditWhat} value={action} onChange={(event) => setAction(event.target.value)}>
          <option value="">{t.anything}</option>
          {ACTIONS.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </header>
      <div className="cf-desk__scroll" tabIndex={0} role="group" aria-labelledby="cf-audit">
        <table>
          <thead>
            <tr>
              {[t.auditWhen, t.auditWho, t.auditWhat, t.auditTarget].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <td>{time.format(Date.parse(row.at))}</td>
                <td>{nameOf(row.actor_id)}</td>
                <td>
                  <code dir="ltr">{row.action}</code>
                </td>
                <td>
                  {row.target} {row.detail}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more && (
        <button type="button" className="cf-button cf-button--small cf-button--quiet" onClick={older}>
          {t.older}
        </button>
      )}
    </section>
  );
}
