// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';

/** What is shown where nothing is: why, and what can be done. */
export function EmptyState({ icon, title, hint, children }: { icon: IconName; title: string; hint?: string; children?: ReactNode }) {
  return (
    <div className="cf-empty">
      <span className="cf-empty__icon">
        <Icon name={icon} size={28} />
      </span>
      <p className="cf-empty__title">{title}</p>
      {hint && <p className="cf-empty__hint">{hint}</p>}
      {children}
    </div>
  );
}
