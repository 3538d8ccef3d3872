// SPDX-License-Identifier: Apache-2.0
import type { SearchFilter, UserObject } from '@confab/client';
import { useMessages } from '../context.tsx';

const DAY_MS = 86_400_000;
const PERIODS = { any: undefined, week: 7, month: 31, year: 366 } as const;
type Period = keyof typeof PERIODS;

/** What was chosen. */
export interface Chosen {
  from: UserObject | undefined;
  period: Period;
  files: boolean;
}

export const NO_FILTER: Chosen = { from: undefined, period: 'any', files: false };

export function filterOf({ from, period, files }: Chosen): SearchFilter {
  const days = PERIODS[period];
  return { from: from?.id, files, since: days === undefined ? undefined : new Date(Date.now() - days * DAY_MS) };
}

interface SearchFiltersProps {
  chosen: Chosen;
  /** Who can be chosen. */
  writers: readonly UserObject[];
  onChange: (chosen: Chosen) => void;
}

/** Who wrote it, when, and with files or not. */
export function SearchFilters({ chosen, writers, onChange }: SearchFiltersProps) {
  const t = useMessages();
  return (
    <div className="cf-filters">
      <select
        className="cf-select cf-select--small"
        aria-label={t.searchFrom}
        value={chosen.from?.id ?? ''}
        onChange={(event) => onChange({ ...chosen, from: writers.find(({ id }) => id === event.target.value) })}
      >
        <option value="">{`${t.searchFrom}: ${t.searchAnybody}`}</option>
        {writers.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <select
        className="cf-select cf-select--small"
        aria-label={t.searchWhen}
        value={chosen.period}
        onChange={(event) => onChange({ ...chosen, period: event.target.value as Period })}
      >
        {(Object.keys(PERIODS) as Period[]).map((period) => (
          <option key={period} value={period}>
            {t.searchPeriods[period]}
          </option>
        ))}
      </select>
      <label className="cf-filters__files">
        <input type="checkbox" checked={chosen.files} onChange={(event) => onChange({ ...chosen, files: event.target.checked })} /> {t.searchFiles}
      </label>
    </div>
  );
}
