// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { Avatar, formatBadge, Icon, IconButton } from '@confab/react';
import { Logo } from '../Logo.tsx';
import { SkipLink } from '../SkipLink.tsx';
import { useMessages, useTexts } from '../texts/index.ts';
import { addressOf, CHAT, OPERATOR, SETTINGS, TEAM, type Page } from '../useRoute.ts';

interface TopBarProps {
  user: UserObject;
  page: Page;
  /** The conversation that one goes back to. */
  last: string | undefined;
  /** Messages that one has not looked at. */
  unread: number;
  /** Messages that are reported to the team. */
  reports: number;
  onSignOut: () => void;
  onHelp: () => void;
}

/** The product, its pages, who is signed in, and the way out. */
export function TopBar({ user, page, last, unread, reports, onSignOut, onHelp }: TopBarProps) {
  const texts = useTexts();
  const messages = useMessages();
  const t = messages.moderation;
  const admin = user.role === 'admin';
  const news = page === 'chat' ? 0 : unread; // there the list has them
  const here = (name: Page) => (page === name ? 'page' : undefined);
  return (
    <header className="app-top">
      <SkipLink />
      <span className="app-top__brand">
        <Logo />
        {texts.product}
      </span>
      <nav className="app-nav" aria-label={texts.navigation}>
        {(admin || page !== 'chat') && (
          <a href={page === 'chat' ? CHAT : addressOf(last)} aria-current={here('chat')} aria-description={news > 0 ? messages.unread(news) : undefined}>
            {texts.navChat}
            {news > 0 && (
              <span className="cf-badge cf-badge--unread" aria-hidden="true">
                {formatBadge(news, messages)}
              </span>
            )}
          </a>
        )}
        {admin && (
          <a href={OPERATOR} aria-current={here('operator')}>
            {texts.navCalls}
          </a>
        )}
        {admin && (
          <a href={TEAM} aria-current={here('team')}>
            {texts.navTeam}
            {reports > 0 && (
              <span className="cf-badge cf-badge--unread" role="img" aria-label={t.openReports(reports)}>
                {reports}
              </span>
            )}
          </a>
        )}
        <a className="app-nav__icon" href={SETTINGS} aria-current={here('settings')} aria-label={texts.settings} title={texts.settings}>
          <Icon name="gear" size={20} />
        </a>
      </nav>
      <span className="app-top__help">
        <IconButton icon="keyboard" label={texts.keyHelp} onClick={onHelp} />
      </span>
      <span className="app-top__user" role="group" aria-label={texts.signedInAs(user.name)}>
        <Avatar user={user} size="small" />
        <span className="app-top__name" dir="auto">
          {user.name}
        </span>
      </span>
      <button type="button" className="cf-button cf-button--quiet cf-button--small app-top__out" onClick={onSignOut}>
        {texts.signOut}
      </button>
    </header>
  );
}
