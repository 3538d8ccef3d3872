// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { useState } from 'react';
import { Icon } from './Icon.tsx';
import { hueOf, initialsOf } from './initials.ts';
import { TEAM_ID } from './teamId.ts';

export type AvatarSize = 'tiny' | 'small' | 'medium' | 'large' | 'huge';

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
