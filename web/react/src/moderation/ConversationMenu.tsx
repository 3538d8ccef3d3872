// SPDX-License-Identifier: Apache-2.0
import type { ConversationObject, ExportFormat } from '@confab/client';
import { useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useAttempt } from '../support/SupportDesk.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { Menu } from '../ui/Menu.tsx';
import { BanDialog } from './BanDialog.tsx';
import { DeleteDialog } from './DeleteDialog.tsx';
import { saveConversation } from './save.ts';

interface ConversationMenuProps {
  conversation: ConversationObject;
  onUnread: () => void;
}

/** What the team does with a conversation more seldom: look at it later, keep it, close the door to its customer, delete them. */
export function ConversationMenu({ conversation, onUnread }: ConversationMenuProps) {
  const messages = useMessages();
  const t = messages.moderation;
  const client = useVideoClient();
  const attempt = useAttempt();
  const [banned, setBanned] = useState(false);
  const [asked, setAsked] = useState<'ban' | 'unban' | 'delete'>();
  const { id, user } = conversation;
  const look = () => void client.moderation.bans().then((bans) => setBanned(bans.some((ban) => ban.user_id === id)), () => {});
  const save = (format: ExportFormat) => () => void attempt(saveConversation(client.chat, id, format), t.isSaved);
  return (
    <>
      <Menu
        label={t.menu}
        onOpen={look}
        items={[
          { icon: 'unread', label: messages.markUnread, act: onUnread },
          { icon: 'file', label: t.savePage, act: save('html') },
          { icon: 'copy', label: t.saveData, act: save('json') },
          banned
            ? { icon: 'check', label: t.lift, act: () => setAsked('unban') }
            : { icon: 'alert', label: t.ban, act: () => setAsked('ban') },
          { icon: 'trash', label: t.delete, act: () => setAsked('delete') },
        ]}
      />
      {asked === 'delete' && <DeleteDialog user={user} onClose={() => setAsked(undefined)} />}
      {asked === 'ban' && <BanDialog user={user} onClose={() => setAsked(undefined)} />}
      {asked === 'unban' && (
        <Confirm
          title={t.liftTitle(user.name)}
          text={t.liftHint}
          deed={t.liftNow}
          onDo={() => void attempt(client.moderation.unban(id), t.isLifted(user.name))}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}
