// SPDX-License-Identifier: Apache-2.0
import { faceOf, type ChatState, type MessageObject, type UserObject } from '@confab/client';
import { useEffect, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { shortTime } from '../format.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { LoadFailed } from './LoadFailed.tsx';
import { NO_FILTER, SearchFilters, filterOf } from './SearchFilters.tsx';

/** A message that was looked for: a new object for each choice. */
export interface Found {
  conversationId: string;
  messageId: number;
}

/** Not with every key: the server looks when one pauses. */
const PAUSE_MS = 250;

interface SearchResultsProps {
  words: string;
  state: ChatState;
  /** Somebody of that name stands above. */
  people: boolean;
  onFound: (found: Found) => void;
}

/** Messages with the words, of all conversations, best first. */
export function SearchResults({ words, state, people, onFound }: SearchResultsProps) {
  const t = useMessages();
  const client = useVideoClient();
  const [chosen, setChosen] = useState(NO_FILTER);
  const [found, setFound] = useState<{ words: string; chosen: typeof chosen; messages: MessageObject[]; failed?: true } | undefined>();
  const [attempt, setAttempt] = useState(0);
  const [writers, setWriters] = useState<readonly UserObject[]>([]);

  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      client.chat.search(words, undefined, filterOf(chosen)).then(
        ({ messages }) => {
          if (!current) return;
          setFound({ words, chosen, messages });
          if (chosen.from === undefined) setWriters(writersOf(messages));
        },
        () => current && setFound({ words, chosen, messages: [], failed: true }),
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [client, words, chosen, attempt]);

  if (!found) return <Spinner label={t.loading} />;
  if (found.failed) return <LoadFailed onRetry={() => setAttempt((n) => n + 1)} />;
  const filters = <SearchFilters chosen={chosen} writers={writers} onChange={setChosen} />;
  if (found.words === words && found.chosen === chosen && found.messages.length === 0) {
    return people ? (
      <div className="cf-found">
        {chosen !== NO_FILTER && filters}
        <p className="cf-found__none">{t.searchNoMessages}</p>
      </div>
    ) : (
      <>
        {chosen !== NO_FILTER && filters}
        <EmptyState icon="search" title={t.searchNothing} hint={t.searchNothingHint} />
      </>
    );
  }
  const now = Date.now();
  return (
    <section className="cf-found" aria-labelledby="cf-found-title">
      <h2 className="cf-found__title" id="cf-found-title">
        {t.searchMessages}
      </h2>
      {filters}
      <ul className="cf-found__list" role="list">
        {found.messages.map((message) => (
          <li key={message.id}>
            <button
              type="button"
              className="cf-found__item"
              onClick={() => onFound({ conversationId: message.conversation_id, messageId: message.id })}
            >
              <span className="cf-conv__top">
                <span className="cf-conv__name" dir="auto">
                  {nameOf(message.conversation_id, state)}
                </span>
                <span className="cf-conv__time">{shortTime(Date.parse(message.created_at), now, t)}</span>
              </span>
              <span className="cf-found__text" dir="auto">{message.text}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Everybody who wrote one of them, by name. */
function writersOf(messages: readonly MessageObject[]): UserObject[] {
  const people = new Map(messages.map(({ user }) => [user.id, user]));
  return [...people.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function nameOf(id: string, state: ChatState): string {
  const channel = state.channels.get(id);
  return channel ? faceOf(channel, state.me.id).name : (state.conversations.get(id)?.user.name ?? id);
}
