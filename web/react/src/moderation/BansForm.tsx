// SPDX-License-Identifier: Apache-2.0
import type { BanObject } from '@confab/client';
import { useCallback, useEffect, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useComebacks } from '../hooks/useComebacks.ts';
import { useAttempt } from '../support/SupportDesk.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { BanDialog } from './BanDialog.tsx';

/** Who may not come in: until when, why, by whom; and the way to let them in again. */
export function BansForm() {
  const messages = useMessages();
  const t = messages.moderation;
  const client = useVideoClient();
  const attempt = useAttempt();
  const [bans, setBans] = useState<readonly BanObject[]>();
  const [adding, setAdding] = useState(false);
  const [lifted, setLifted] = useState<string>();
  const load = useCallback(() => void client.moderation.bans().then(setBans, () => {}), [client]);
  const comebacks = useComebacks();
  useEffect(load, [load, comebacks]);
  const time = new Intl.DateTimeFormat(messages.locale, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <section className="cf-desk__section" aria-labelledby="cf-bans">
      <header className="cf-desk__head">
        <h2 id="cf-bans">{t.bans}</h2>
        <button type="button" className="cf-button cf-button--small" onClick={() => setAdding(true)}>
          {t.banSomebody}
        </button>
      </header>
      {bans?.length === 0 && <p className="cf-desk__hint">{t.noBans}</p>}
      {bans && bans.length > 0 && (
        <ul className="cf-desk__list" role="list" aria-label={t.bans}>
          {bans.map(({ user_id: id, reason, by_user_id: by, until }) => (
            <li key={id} className="cf-desk__row">
              <strong>{id}</strong>
              <span className="cf-desk__text">
                {until === null ? t.durations.forGood : t.until(time.format(Date.parse(until)))}
                {by !== null && ` · ${t.by(by)}`}
                {reason !== '' && (
                  <>
                    {' · '}
                    <bdi>{reason}</bdi>
                  </>
                )}
              </span>
              <IconButton icon="check" label={t.liftTitle(id)} onClick={() => setLifted(id)} />
            </li>
          ))}
        </ul>
      )}
      {adding && <BanDialog onDone={load} onClose={() => setAdding(false)} />}
      {lifted !== undefined && (
        <Confirm
          title={t.liftTitle(lifted)}
          text={t.liftHint}
          deed={t.liftNow}
          onDo={() => void attempt(client.moderation.unban(lifted), t.isLifted(lifted)).then(load)}
          onClose={() => setLifted(undefined)}
        />
      )}
    </section>
  );
}
