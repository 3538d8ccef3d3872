// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { useState } from 'react';
import { Icon } from './Icon.tsx';
import { hueOf, initialsOf } from './initials.ts';

export type AvatarSize = 'tiny' | 'small' | 'medium' | 'large' | 'huge';

/** The id of a whole team, which is nobody's: people's have no such letter. */
export const TEAM_ID = '!team';

/** A person's picture, or their initials on a colour that is always the same for the same person. */
export function Avatar({ user, size = 'medium' }: { user: Pick<UserObject, 'id' | 'name' | 'image'>; size?: AvatarSize }) {
  const [broken, setBroken] = useState<string | undefined>();
  const hue = user.id === TEAM_ID ? 'team' : `hue${hueOf(user.id)}`;
  return (
    <span className={`cf-avatar cf-avatar--${size} cf-avatar--${hue}`} aria-hidden="true">
      {user.id === TEAM_ID ? (
        <Icon name="people" />
      ) : user.image && user.image !== broken ? (
        <img src={user.image} alt="" onError={() => setBroken(user.image)} />
      ) : (
        initialsOf(user.name || user.id)
      )}
    </span>
  );
}
