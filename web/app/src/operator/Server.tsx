// SPDX-License-Identifier: Apache-2.0
import type { OperatorServerObject } from '@confab/client';
import { formatDuration, useNow } from '@confab/react';
import { useMessages, useTexts } from '../texts/index.ts';

/** Less of the disk than this is a reason to look after it. */
const LOW_SHARE = 0.1;
/** A certificate that is renewed by itself is renewed earlier. */
const SOON_MS = 14 * 86_400_000;

/** The machine: whether it has room, memory and a certificate that holds. */
export function Server({ server }: { server: OperatorServerObject }) {
  const texts = useTexts();
  const messages = useMessages();
  const now = useNow(60_000);
  const bytes = (amount: number) => {
    const unit = amount >= 1e9 ? 'gigabyte' : 'megabyte';
    const scale = unit === 'gigabyte' ? 1e9 : 1e6;
    return new Intl.NumberFormat(messages.locale, { style: 'unit', unit, maximumFractionDigits: amount >= 1e8 ? 0 : 1 }).format(amount / scale);
  };
  const date = new Intl.DateTimeFormat(messages.locale, { dateStyle: 'medium' });
  const { version, started_at: started, memory_bytes: memory, disk_free_bytes: room, disk_bytes: disk, sockets, media_busy: busy, media_limit: limit, files, tls, certificate_ends_at: ends } = server;
  const percent = new Intl.NumberFormat(messages.locale, { style: 'percent' });
  const number = new Intl.NumberFormat(messages.locale);
  return (
    <dl className="op-facts">
      <Fact name={texts.opVersion} value={version} hint={texts.opUp(formatDuration(now - Date.parse(started), messages))} />
      <Fact name={texts.opPeople} value={number.format(sockets)} hint={texts.opPeopleHint} />
      <Fact name={texts.opMemory} value={bytes(memory)} />
      <Fact name={texts.opMedia} value={percent.format(busy)} hint={limit > 0 ? texts.opMediaHint(percent.format(limit)) : undefined} bad={limit > 0 && busy >= limit} />
      {disk > 0 && <Fact name={texts.opDisk} value={bytes(room)} hint={texts.opDiskOf(bytes(disk))} bad={room < Math.max(disk * LOW_SHARE, files.disk_floor_bytes)} />}
      <Fact
        name={texts.opFiles}
        value={bytes(files.bytes)}
        hint={files.limit_bytes > 0 ? texts.opFilesOf(bytes(files.limit_bytes)) : files.person_limit_bytes > 0 ? texts.opFilesEach(bytes(files.person_limit_bytes)) : undefined}
        bad={files.limit_bytes > 0 && files.bytes > files.limit_bytes * (1 - LOW_SHARE)}
      />
      <Fact
        name={texts.opCertificate}
        value={ends ? date.format(Date.parse(ends)) : tls ? texts.opUnknown : texts.opNoTls}
        hint={ends ? texts.opCertificateHint : tls ? undefined : texts.opNoTlsHint}
        bad={ends !== null && Date.parse(ends) - now < SOON_MS}
      />
    </dl>
  );
}

function Fact({ name, value, hint, bad = false }: { name: string; value: string; hint?: string | undefined; bad?: boolean }) {
  return (
    <div className={bad ? 'op-fact op-fact--bad' : 'op-fact'}>
      <dt>{name}</dt>
      <dd>
        <span className="op-fact__value">
          <bdi>{value}</bdi>
        </span>
        {hint && <span className="op-fact__hint">{hint}</span>}
      </dd>
    </div>
  );
}
