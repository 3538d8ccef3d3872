// SPDX-License-Identifier: Apache-2.0
import { isChannel, type ChatState } from '@confab/client';
import { useMessages } from '../context.tsx';
import { UnreadBadge } from '../chat/UnreadBadge.tsx';

export type Section = 'customers' | 'colleagues';

interface SectionTabsProps {
  state: ChatState;
  section: Section;
  onSection: (section: Section) => void;
}

/** Customers or colleagues, and how much is unread with either. */
export function SectionTabs({ state, section, onSection }: SectionTabsProps) {
  const t = useMessages();
  const unread = { customers: 0, colleagues: 0 };
  for (const [id, n] of state.unread) unread[isChannel(id) ? 'colleagues' : 'customers'] += n;
  return (
    <div className="cf-sections" role="group" aria-label={t.channels.sections}>
      {(['customers', 'colleagues'] as const).map((name) => (
        <button key={name} type="button" className="cf-section" aria-pressed={section === name} onClick={() => onSection(name)}>
          {t.channels[name]}
          <UnreadBadge count={unread[name]} />
        </button>
      ))}
    </div>
  );
}
