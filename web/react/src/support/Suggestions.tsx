// SPDX-License-Identifier: Apache-2.0
/** Canned replies and colleagues, offered while one writes: `/` and `@`. Arrows choose, Enter and Tab take, Escape closes. */
import { complete, fillIn, matchingCanned, matchingColleagues, triggerAt, type CannedReplyObject, type UserObject } from '@confab/client';
import { useId, useState, type KeyboardEvent } from 'react';
import { useMessages } from '../context.tsx';

/** What the writer may choose from; absent for customers. */
export interface SuggestionSource {
  canned: readonly CannedReplyObject[];
  team: readonly UserObject[];
  me: UserObject;
  /** Whose conversation it is: for placeholders. */
  customer: string;
}

interface Suggestion {
  key: string;
  title: string;
  hint: string;
  value: string;
}

function find(source: SuggestionSource | undefined, text: string, cursor: number, note: boolean) {
  const trigger = source && triggerAt(text, cursor, note);
  if (!source || !trigger) return undefined;
  const list: Suggestion[] =
    trigger.kind === 'canned'
      ? matchingCanned(source.canned, trigger.words).map((reply) => {
          const value = fillIn(reply.text, { customer: source.customer, me: source.me.name });
          return { key: `c${reply.id}`, title: `/${reply.shortcut}`, hint: value, value };
        })
      : matchingColleagues(source.team, trigger.words, source.me.id).map((user) => ({
          key: user.id, title: user.name, hint: `@${user.id}`, value: `@${user.id} `,
        }));
  return list.length > 0 ? { trigger, list } : undefined;
}

export function useSuggestions(
  source: SuggestionSource | undefined,
  text: string,
  note: boolean,
  put: (text: string, cursor: number) => void,
) {
  const [cursor, setCursor] = useState(0);
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState<string>();
  const id = useId();
  const found = closed === text ? undefined : find(source, text, cursor, note);
  const chosen = found ? Math.min(at, found.list.length - 1) : 0;
  const take = (index: number) => {
    const suggestion = found?.list[index];
    if (!found || !suggestion) return;
    const done = complete(text, cursor, found.trigger, suggestion.value);
    setAt(0);
    setClosed(done.text);
    put(done.text, done.cursor);
  };
  /** True: the key was for the list. */
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (!found || event.nativeEvent.isComposing) return false;
    const n = found.list.length;
    if (event.key === 'ArrowDown') setAt((chosen + 1) % n);
    else if (event.key === 'ArrowUp') setAt((chosen + n - 1) % n);
    else if ((event.key === 'Enter' && !event.shiftKey) || event.key === 'Tab') take(chosen);
    else if (event.key === 'Escape') setClosed(text);
    else return false;
    event.preventDefault();
    return true;
  };
  return {
    onKeyDown,
    onCursor: (position: number) => {
      setCursor(position);
      setAt(0);
    },
    field: {
      'aria-autocomplete': source ? ('list' as const) : undefined,
      'aria-controls': found ? id : undefined,
      'aria-activedescendant': found ? `${id}-${chosen}` : undefined,
    },
    view: found && <SuggestionList id={id} list={found.list} chosen={chosen} canned={found.trigger.kind === 'canned'} onTake={take} />,
  };
}

interface SuggestionListProps {
  id: string;
  list: readonly Suggestion[];
  chosen: number;
  canned: boolean;
  onTake: (index: number) => void;
}

function SuggestionList({ id, list, chosen, canned, onTake }: SuggestionListProps) {
  const t = useMessages().support;
  return (
    <ul className="cf-suggestions" id={id} role="listbox" aria-label={canned ? t.canned : t.colleagues}>
      {list.map((suggestion, i) => (
        <li
          key={suggestion.key}
          id={`${id}-${i}`}
          role="option"
          aria-selected={i === chosen}
          className="cf-suggestions__item"
          onPointerDown={(event) => {
            event.preventDefault(); // the focus stays in the text
            onTake(i);
          }}
        >
          <strong dir={canned ? 'ltr' : 'auto'}>{suggestion.title}</strong>
          <span dir="auto">{suggestion.hint}</span>
        </li>
      ))}
    </ul>
  );
}
