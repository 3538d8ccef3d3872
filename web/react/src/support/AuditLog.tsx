// SPDX-License-Identifier: Apache-2.0
import type { AuditRowObject, UserObject } from '@confab/client';
import { useEffect, useRef, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useComebacks } from '../hooks/useComebacks.ts';
import { useAttempt } from './SupportDesk.tsx';

const PAGE = 25;
/** Rows of a file at most: the newest. */
const SAVED_MAX = 10_000;
const SAVED_PAGE = 100;

/** RFC 4180; what a spreadsheet would take for a formula is text. */
const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

function saveCsv(name: string, lines: readonly (readonly string[])[]) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(['\ufeff', lines.map((line) => line.map(cell).join(',')).join('\r\n')], { type: 'text/csv' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

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
  const ask = (before?: number, limit = PAGE) =>
    client.support.audit({
      limit,
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
  const what = (row: AuditRowObject) => messages.audit.actions[row.action] ?? row.action;
  const save = async () => {
    const all: AuditRowObject[] = [];
    for (let more = true; more && all.length < SAVED_MAX; ) {
      const found = await ask(all.at(-1)?.id, SAVED_PAGE);
      all.push(...found.audit);
      more = found.has_more && found.audit.length > 0;
    }
    const head = [t.auditWhen, t.auditWho, messages.audit.where, t.auditWhat, 'action', t.auditTarget, 'detail'];
    saveCsv('audit.csv', [head, ...all.map((row) => [row.at, row.actor_id, row.place ?? '', what(row), row.action, row.target ?? '', row.detail ?? ''])]);
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
          {Object.entries(messages.audit.groups).map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
        <button type="button" className="cf-button cf-button--small cf-button--quiet" onClick={() => void attempt(save(), messages.audit.saved)}>
          {messages.audit.save}
        </button>
      </header>
      <div className="cf-desk__scroll" tabIndex={0} role="group" aria-labelledby="cf-audit">
        {/* the roles: on a phone its rows are laid out otherwise, and stay rows */}
        <table className="cf-log" role="table">
          <thead role="rowgroup">
            <tr role="row">
              {[t.auditWhen, t.auditWho, messages.audit.where, t.auditWhat, t.auditTarget].map((title) => (
                <th key={title} scope="col" role="columnheader">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows.map((row) => (
              <tr key={row.id} role="row">
                <td role="cell">{time.format(Date.parse(row.at))}</td>
                <td role="cell">
                  <bdi>{nameOf(row.actor_id)}</bdi>
                </td>
                <td role="cell">
                  <bdi>{row.place}</bdi>
                </td>
                <td role="cell" title={row.action}>
                  {what(row)}
                </td>
                <td role="cell">
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
