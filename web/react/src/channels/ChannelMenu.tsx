// SPDX-License-Identifier: Apache-2.0
import type { ChannelObject, ExportFormat, UserObject } from '@confab/client';
import { useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { BlockConfirm } from '../moderation/Privacy.tsx';
import { saveConversation } from '../moderation/save.ts';
import { useAttempt } from '../support/SupportDesk.tsx';
import { Menu } from '../ui/Menu.tsx';

interface ChannelMenuProps {
  channel: ChannelObject;
  /** Of a direct one. */
  other: UserObject | undefined;
  onDetails: () => void;
  onUnread: () => void;
}

/** What one does with it more seldom: who is in it, keep it, hear no more of somebody. */
export function ChannelMenu({ channel, other, onDetails, onUnread }: ChannelMenuProps) {
  const t = useMessages();
  const { chat } = useVideoClient();
  const attempt = useAttempt();
  const [blocking, setBlocking] = useState(false);
  const save = (format: ExportFormat) => () => void attempt(saveConversation(chat, channel.id, format), t.moderation.isSaved);
  return (
    <>
      <Menu
        label={t.moderation.menu}
        items={[
          ...(other ? [] : [{ icon: 'people' as const, label: t.channels.details, act: onDetails }]),
          { icon: 'unread', label: t.markUnread, act: onUnread },
          { icon: 'file', label: t.moderation.savePage, act: save('html') },
          { icon: 'copy', label: t.moderation.saveData, act: save('json') },
          ...(other ? [{ icon: 'alert' as const, label: t.moderation.block, act: () => setBlocking(true) }] : []),
        ]}
      />
      {blocking && other && <BlockConfirm user={other} onClose={() => setBlocking(false)} />}
    </>
  );
}
