// SPDX-License-Identifier: Apache-2.0
import { faceOf, type ChatState, type MessageObject } from '@confab/client';
import { useEffect, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { shortTime } from '../format.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Spinner } from '../ui/Spinner.tsx';

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
  onFound: (found: Found) => void;
}

/** Messages with the words, of all conversations, best first. */
export function SearchResults({ words, state, onFound }: SearchResultsProps) {
  const t = useMessages();
  const client = useVideoClient();
  const [found, setFound] = useState<{ words: string; messages: MessageObject[] } | undefined>();

  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      client.chat.search(words).then(
        ({ messages }) => current && setFound({ words, messages }),
        () => current && setFound({ words, messages: [] }),
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [client, words]);

  if (!found) return <Spinner label={t.loading} />;
  if (found.words === words && found.messages.length === 0) {
    return <EmptyState icon="search" title={t.searchNothing} hint={t.searchNothingHint} />;
  }
  const now = Date.now();
  return (
    <section className="cf-found" aria-labelledby="cf-found-title">
      <h2 className="cf-found__title" id="cf-found-title">
        {t.searchMessages}
      </h2>
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

function nameOf(id: string, state: ChatState): string {
  const channel = state.channels.get(id);
  return channel ? faceOf(channel, state.me.id).name : (state.conversations.get(id)?.user.name ?? id);
}
