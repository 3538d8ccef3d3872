// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { useState } from 'react';
import { Icon } from './Icon.tsx';

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

const HUES = 8;

function hueOf(id: string): number {
  let hash = 7;
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return hash % HUES;
}

/** The first letters of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/[\s_.@-]+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '');
  return letters.join('').toLocaleUpperCase() || '?';
}
