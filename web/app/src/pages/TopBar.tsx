// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { Avatar } from '@confab/react';
import { Logo } from '../Logo.tsx';
import { useTexts } from '../texts/index.ts';
import { OPERATOR } from '../useRoute.ts';

/** The product, who is signed in, and the way out. */
export function TopBar({ user, page, onSignOut }: { user: UserObject; page: 'chat' | 'operator'; onSignOut: () => void }) {
  const texts = useTexts();
  return (
    <header className="app-top">
      <span className="app-top__brand">
        <Logo />
        {texts.product}
      </span>
      {user.role === 'admin' && (
        <nav className="app-nav" aria-label={texts.navigation}>
          <a href="#/" aria-current={page === 'chat' ? 'page' : undefined}>
            {texts.navChat}
          </a>
          <a href={OPERATOR} aria-current={page === 'operator' ? 'page' : undefined}>
            {texts.navCalls}
          </a>
        </nav>
      )}
      <span className="app-top__user" role="group" aria-label={texts.signedInAs(user.name)}>
        <Avatar user={user} size="small" />
        <span className="app-top__name">
          <bdi>{user.name}</bdi>
        </span>
        {user.role === 'admin' && <span className="app-top__role">{texts.roleAdmin}</span>}
      </span>
      <button type="button" className="cf-button cf-button--quiet cf-button--small" onClick={onSignOut}>
        {texts.signOut}
      </button>
    </header>
  );
}
