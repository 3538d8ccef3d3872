// SPDX-License-Identifier: Apache-2.0
import type { BlockObject, ExportFormat, UserObject } from '@confab/client';
import { useCallback, useEffect, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useAttempt } from '../support/SupportDesk.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { saveConversation } from './save.ts';

/** Whom one has blocked, with the way back; and, for customers, their conversation to keep. For a settings page. */
export function Privacy({ me }: { me: UserObject }) {
  const t = useMessages().moderation;
  const client = useVideoClient();
  const attempt = useAttempt();
  const [blocks, setBlocks] = useState<readonly BlockObject[]>();
  const load = useCallback(() => void client.moderation.blocks().then(setBlocks, () => {}), [client]);
  useEffect(load, [load]);
  const save = (format: ExportFormat) => () => void attempt(saveConversation(client.chat, me.id, format), t.isSaved);
  return (
    <section className="cf-privacy" aria-labelledby="cf-privacy">
      <h2 id="cf-privacy">{t.privacy}</h2>
      <h3 id="cf-blocked">{t.blocked}</h3>
      <p className="cf-desk__hint">{blocks?.length === 0 ? t.noBlocks : t.blocksHint}</p>
      {blocks && blocks.length > 0 && (
        <ul className="cf-desk__list" role="list" aria-labelledby="cf-blocked">
          {blocks.map(({ user }) => (
            <li key={user.id} className="cf-desk__row">
              <Avatar user={user} size="small" />
              <span className="cf-desk__text">
                <bdi>{user.name}</bdi>
              </span>
              <button
                type="button"
                className="cf-button cf-button--small cf-button--quiet"
                aria-label={t.unblockName(user.name)}
                onClick={() => void attempt(client.moderation.unblock(user.id), t.isUnblocked(user.name)).then(load)}
              >
                {t.unblock}
              </button>
            </li>
          ))}
        </ul>
      )}
      {me.role !== 'admin' && (
        <>
          <h3>{t.yourConversation}</h3>
          <div className="set-buttons">
            <button type="button" className="cf-button cf-button--quiet" onClick={save('html')}>
              {t.savePage}
            </button>
            <button type="button" className="cf-button cf-button--quiet" onClick={save('json')}>
              {t.saveData}
            </button>
          </div>
        </>
      )}
    </section>
  );
}

interface BlockConfirmProps {
  user: Pick<UserObject, 'id' | 'name'>;
  onDone?: () => void;
  onClose: () => void;
}

/** Says what blocking somebody means before it is done. */
export function BlockConfirm({ user, onDone, onClose }: BlockConfirmProps) {
  const t = useMessages().moderation;
  const client = useVideoClient();
  const attempt = useAttempt();
  return (
    <Confirm
      title={t.blockTitle(user.name)}
      text={t.blockHint}
      deed={t.blockNow}
      onDo={() => void attempt(client.moderation.block(user.id), t.isBlocked(user.name)).then((done) => done && onDone?.())}
      onClose={onClose}
    />
  );
}
