// SPDX-License-Identifier: Apache-2.0
import { countConversations, type ChatState, type ConversationFilter, type ConversationView } from '@confab/client';
import { useMemo } from 'react';
import { useMessages } from '../context.tsx';
import { useDeskState } from './DeskContext.tsx';

const VIEWS: readonly ConversationView[] = ['open', 'mine', 'unassigned', 'pending', 'snoozed', 'resolved', 'all'];

interface ViewTabsProps {
  state: ChatState;
  filter: ConversationFilter;
  onFilter: (filter: ConversationFilter) => void;
}

/** Which conversations are listed, how many there are, and in which order. */
export function ViewTabs({ state, filter, onFilter }: ViewTabsProps) {
  const messages = useMessages();
  const t = messages.support;
  const number = new Intl.NumberFormat(messages.locale);
  const { labels } = useDeskState();
  const { conversations, me } = state;
  const counts = useMemo(() => countConversations({ conversations, me }), [conversations, me]);
  return (
    <div className="cf-views">
      <div className="cf-views__tabs" role="group" aria-label={t.views}>
        {VIEWS.map((view) => (
          <button
            key={view}
            type="button"
            className="cf-chip"
            aria-pressed={filter.view === view}
            onClick={() => onFilter({ ...filter, view })}
          >
            {t.viewNames[view]}
            {/* none is said, and takes no room */}
            <span className={counts[view] > 0 ? 'cf-chip__count' : 'cf-hidden'}>{number.format(counts[view])}</span>
          </button>
        ))}
      </div>
      <div className="cf-views__more">
      {labels.length > 0 && (
        <select
          className="cf-select cf-select--small"
          aria-label={t.labelFilter}
          value={filter.label ?? ''}
          onChange={(event) => onFilter({ ...filter, label: event.target.value === '' ? undefined : Number(event.target.value) })}
        >
          <option value="">{t.allLabels}</option>
          {labels.map((label) => (
            <option key={label.id} value={label.id}>
              {label.name}
            </option>
          ))}
        </select>
      )}
      <select
        className="cf-select cf-select--small"
        aria-label={t.order}
        value={filter.order}
        onChange={(event) => onFilter({ ...filter, order: event.target.value as ConversationFilter['order'] })}
      >
        <option value="latest">{t.orders.latest}</option>
        <option value="waiting">{t.orders.waiting}</option>
        <option value="priority">{t.orders.priority}</option>
      </select>
      </div>
    </div>
  );
}
