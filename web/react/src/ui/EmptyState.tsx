// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';

interface EmptyStateProps {
  icon: IconName;
  title: string;
  hint?: string;
  /** It is all that the page shows: its title is the page's heading. */
  page?: boolean;
  children?: ReactNode;
}

/** What is shown where nothing is: why, and what can be done. */
export function EmptyState({ icon, title, hint, page = false, children }: EmptyStateProps) {
  const Title = page ? 'h1' : 'p';
  return (
    <div className="cf-empty">
      <span className="cf-empty__icon">
        <Icon name={icon} size={28} />
      </span>
      <Title className="cf-empty__title">{title}</Title>
      {hint && <p className="cf-empty__hint">{hint}</p>}
      {children}
    </div>
  );
}
