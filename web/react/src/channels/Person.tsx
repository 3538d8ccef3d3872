// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { Avatar } from '../ui/Avatar.tsx';

/** Picture, name, and whether they are online. */
export function Person({ user, online, me = false }: { user: UserObject; online: boolean; me?: boolean }) {
  const t = useMessages();
  return (
    <>
      <span className="cf-conv__face">
        <Avatar user={user} size="small" />
        {online && <span className="cf-dot" role="img" aria-label={t.online} />}
      </span>
      <span className="cf-person__name" dir="auto">
        {me ? t.channels.me(user.name) : user.name}
      </span>
    </>
  );
}
