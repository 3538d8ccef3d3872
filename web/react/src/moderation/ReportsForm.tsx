// SPDX-License-Identifier: Apache-2.0
import type { ReportedObject, UserObject } from '@confab/client';
import { useState } from 'react';
import { Attachments } from '../chat/Attachments.tsx';
import { useMessages, useVideoClient } from '../context.tsx';
import type { Messages } from '../messages/en.ts';
import { useAttempt } from '../support/SupportDesk.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { BanDialog } from './BanDialog.tsx';
import { useReports } from './useReports.ts';

/** Goes to a message of a conversation. */
export type OnJump = (conversationId: string, messageId: number) => void;

/** Messages that the team is asked to look at, and what can be done about each. */
export function ReportsForm({ onJump }: { onJump?: OnJump | undefined }) {
  const t = useMessages().moderation;
  const client = useVideoClient();
  const attempt = useAttempt();
  const { reports, reload } = useReports(client);
  const [banned, setBanned] = useState<UserObject>();
  const [deleted, setDeleted] = useState<ReportedObject>();
  const close = (id: number, deleteMessage: boolean) =>
    void attempt(client.moderation.closeReports(id, { deleteMessage }), deleteMessage ? t.reportDeleted : t.reportClosed).then(reload);
  return (
    <section className="cf-desk__section" aria-labelledby="cf-reports">
      <header className="cf-desk__head">
        <h2 id="cf-reports">{t.reports}</h2>
        {reports && reports.open > 0 && <span className="cf-badge cf-badge--unread">{reports.open}</span>}
      </header>
      {reports?.reported.length === 0 && <p className="cf-desk__hint">{t.noReports}</p>}
      {reports && reports.reported.length > 0 && (
        <ul className="cf-reports" role="list" aria-label={t.reports}>
          {reports.reported.map((one) => (
            <Reported
              key={one.message.id}
              reported={one}
              onJump={onJump}
              onFine={() => close(one.message.id, false)}
              onDelete={() => setDeleted(one)}
              onBan={() => setBanned(one.message.user)}
            />
          ))}
        </ul>
      )}
      {deleted && (
        <Confirm
          title={t.deleteReported}
          text={t.deleteReportedHint(deleted.message.user.name)}
          deed={t.deleteNow}
          onDo={() => close(deleted.message.id, true)}
          onClose={() => setDeleted(undefined)}
        />
      )}
      {banned && <BanDialog user={banned} onClose={() => setBanned(undefined)} />}
    </section>
  );
}

interface ReportedProps {
  reported: ReportedObject;
  onJump: OnJump | undefined;
  onFine: () => void;
  onDelete: () => void;
  onBan: () => void;
}

function Reported({ reported, onJump, onFine, onDelete, onBan }: ReportedProps) {
  const messages = useMessages();
  const t = messages.moderation;
  const { message, text, conversation, reports } = reported;
  const time = new Intl.DateTimeFormat(messages.locale, { dateStyle: 'medium', timeStyle: 'short' });
  const name = message.user.name;
  return (
    <li className="cf-reported" aria-label={t.reportOf(name)}>
      <p className="cf-reported__who">
        <Avatar user={message.user} size="small" />
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <span className="cf-desk__hint">
          {whereText(conversation, messages)} · {time.format(Date.parse(message.created_at))}
        </span>
      </p>
      {text !== '' && (
        <blockquote className="cf-reported__text" dir="auto">
          {text}
        </blockquote>
      )}
      {message.attachments.length > 0 && <Attachments attachments={message.attachments} />}
      {message.deleted_at !== undefined && <p className="cf-desk__hint">{t.reportGone}</p>}
      {message.deleted_at === undefined && message.text !== text && (
        <>
          <p className="cf-desk__hint">{t.reportEdited}</p>
          <blockquote className="cf-reported__text" dir="auto">
            {message.text}
          </blockquote>
        </>
      )}
      <ul className="cf-reported__by" role="list">
        {reports.map((report, i) => (
          <li key={i} className="cf-desk__hint">
            {report.word !== undefined ? t.reportedWord(report.word) : t.reportedBy(report.user?.name ?? t.somebodyGone)}
            {report.reason !== '' && (
              <>
                {': '}
                <bdi>{report.reason}</bdi>
              </>
            )}
          </li>
        ))}
      </ul>
      <div className="cf-reported__deeds">
        {conversation.open_to_you && onJump && (
          <button type="button" className="cf-button cf-button--small cf-button--quiet" onClick={() => onJump(conversation.id, message.id)}>
            {t.showMessage}
          </button>
        )}
        {message.deleted_at === undefined && (
          <button type="button" className="cf-button cf-button--small cf-button--quiet" onClick={onDelete}>
            {t.deleteReported}
          </button>
        )}
        {message.user.role !== 'admin' && (
          <button type="button" className="cf-button cf-button--small cf-button--quiet" aria-label={t.banTitle(name)} onClick={onBan}>
            {t.ban}
          </button>
        )}
        <button type="button" className="cf-button cf-button--small" onClick={onFine}>
          {t.reportFine}
        </button>
      </div>
    </li>
  );
}

function whereText({ type, names }: ReportedObject['conversation'], { moderation: t }: Messages): string {
  if (type === 'group') return t.inGroup(names[0] ?? '');
  return type === 'direct' ? t.inDirect(names) : t.inSupport(names[0] ?? '');
}
