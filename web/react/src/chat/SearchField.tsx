// SPDX-License-Identifier: Apache-2.0
import { useRef } from 'react';
import { useMessages } from '../context.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';

/** Escape empties it. */
export function SearchField({ words, onChange }: { words: string; onChange: (words: string) => void }) {
  const t = useMessages();
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="cf-search" role="search">
      <Icon name="search" size={18} />
      <input
        ref={input}
        type="search"
        value={words}
        maxLength={100}
        aria-label={t.search}
        placeholder={t.searchPlaceholder}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && onChange('')}
      />
      {words !== '' && (
        <IconButton
          icon="close"
          label={t.clearSearch}
          onClick={() => {
            onChange('');
            input.current?.focus();
          }}
        />
      )}
    </div>
  );
}
