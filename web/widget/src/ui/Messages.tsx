/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { firstUnread, queuedMessage, receiptOf, type ActivityObject, type ChatMessage, type ChatState, type Thread, type UnsentMessage } from '@confab/client';
import { dayName, groupByDay } from '@confab/react/plain';
import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Connected } from '../widget.ts';
import type { Messages as Texts } from '../messages/index.ts';
import { CallCard } from './CallCard.tsx';
import { Icon } from './Icon.tsx';
import { Run } from './Run.tsx';
import { useAround, useObservable, useWidgetState } from './context.ts';

/** So near to the end counts as being at the end. */
const SLACK_PX = 60;

/** Whoever writes has no account yet. */
const NOBODY = { id: '', name: '', role: 'user' } as const;

type OnReport = (message: ChatMessage) => void;

/** The conversation, or a greeting while there is none. */
export function Messages({ onReport }: { onReport: OnReport }) {
  const { widget, t } = useAround();
  const { connected, connection, earlier, pending } = useWidgetState();
  if (connected) return <Conversation connected={connected} onReport={onReport} />;
  const delivery = connection === 'waiting' ? 'waiting' : 'sending';
  const shown = (message: UnsentMessage) => queuedMessage({ message, delivery, error: undefined }, NOBODY);
  const unsent = [...earlier, ...pending];
  if (connection === 'connecting' && unsent.length === 0) return <p class="empty">{t.loading}…</p>;
  return (
    <div class="log" role="log" aria-label={t.conversation} tabIndex={0}>
      {unsent.length === 0 && <Greeting />}
      {unsent.length > 0 && <Run messages={unsent.map(shown)} mine meId="" receipt={undefined} onRetry={() => {}} onDiscard={({ key }) => widget.discard(key)} />}
    </div>
  );
}

function Greeting() {
  const { widget, t } = useAround();
  return (
    <div class="empty">
      <Icon name="chat" size={30} />
      <p class="empty-title">{widget.settings.greeting ?? t.greeting}</p>
      <p>{t.greetingHint}</p>
    </div>
  );
}

function Conversation({ connected, onReport }: { connected: Connected; onReport: OnReport }) {
  const { t } = useAround();
  const { chat, me } = connected;
  const state = useObservable(chat.state$);
  useEffect(() => chat.open(me.id), [chat, me.id]);
  const thread = state.threads.get(me.id);
  if (thread && (thread.status === 'ready' || thread.messages.length > 0)) return <Log connected={connected} state={state} thread={thread} onReport={onReport} />;
  if (thread?.status === 'error') {
    return (
      <div class="empty">
        <p>{t.loadFailed}</p>
        <button type="button" class="button" onClick={() => chat.retryThread(me.id)}>
          {t.retry}
        </button>
      </div>
    );
  }
  return <p class="empty">{t.loading}…</p>;
}

/** Stays at the end while the reader is there, and where they are when they are not. */
function Log({ connected, state, thread, onReport }: { connected: Connected; state: ChatState; thread: Thread; onReport: OnReport }) {
  const { widget, t } = useAround();
  const { chat, me } = connected;
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const before = useRef({ first: '', height: 0 });
  const [behind, setBehind] = useState(false);
  const { messages } = thread;
  const line = firstUnread(state, me.id)?.key;
  const days = useMemo(() => groupByDay(messages, line), [messages, line]);
  const last = messages.at(-1);
  const lastMine = messages.findLast((message) => message.user.id === me.id && message.delivery === 'sent' && !message.call);
  const reads = state.conversations.get(me.id)?.reads ?? [];
  const receipt = lastMine?.id === undefined ? undefined : receiptOf(reads, me, lastMine.id);
  const typers = state.typing.get(me.id) ?? [];

  const toEnd = () => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  };
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const first = messages[0]?.key ?? '';
    if (before.current.first !== '' && before.current.first !== first && !atEnd.current) {
      element.scrollTop += element.scrollHeight - before.current.height; // older ones came in on top
    } else if (atEnd.current || last?.user.id === me.id) {
      toEnd();
    } else {
      setBehind(true);
    }
    before.current = { first, height: element.scrollHeight };
  }, [messages]);
  useLayoutEffect(() => {
    if (!box.current || !content.current) return;
    const observer = new ResizeObserver(() => atEnd.current && toEnd()); // a keyboard, a picture that came in
    observer.observe(box.current);
    observer.observe(content.current);
    return () => observer.disconnect();
  }, []);
  useSeeing(connected, () => atEnd.current && !thread.hasNewer, last?.key);

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < SLACK_PX;
    if (atEnd.current) setBehind(false);
    if (element.scrollTop < 200 && thread.hasMore && !thread.loadingMore) void chat.loadMore(me.id);
  };

  return (
    <div class="log-place">
      <div class="log" ref={box} onScroll={onScroll} role="log" aria-label={t.conversation} tabIndex={0}>
        <div class="log-content" ref={content}>
          {messages.length === 0 && <Greeting />}
          {days.map((day) => (
            <div key={day.key}>
              <p class="day">{dayName(day.at, Date.now(), t)}</p>
              {day.runs.map((run) => {
                const [first] = run.messages;
                if (first?.activity) return <p key={run.key} class="day" dir="auto">{activityText(first.activity, t)}</p>;
                if (first?.call) return <CallCard key={run.key} card={first.call} meId={me.id} at={first.at} onCall={() => void widget.call()} />;
                return (
                  <Fragment key={run.key}>
                    {run.key === line && <p class="unread-line">{t.unreadFromHere}</p>}
                    <Run
                      messages={run.messages}
                      mine={run.user.id === me.id}
                      meId={me.id}
                      receipt={lastMine && run.messages.includes(lastMine) ? receipt : undefined}
                      urlOf={(attachment) => connected.client.chat.urlOf(attachment)}
                      onRetry={(message) => chat.retry(message.key)}
                      onDiscard={(message) => chat.discard(message.key)}
                      onReport={run.user.id === me.id ? undefined : onReport}
                    />
                  </Fragment>
                );
              })}
            </div>
          ))}
        </div>
      </div>
      {behind && (
        <button type="button" class="pill" onClick={toEnd}>
          <Icon name="down" size={16} /> {t.toNewest}
        </button>
      )}
      <p class="typing" role="status">
        {typers.length > 0 && <span>{t.isTyping(typers[0]?.user.name ?? '')}</span>}
      </p>
    </div>
  );
}

/** What the team did with the conversation, where the customer is told of it. */
function activityText({ type, value, text }: ActivityObject, t: Texts): string | undefined {
  if (type === 'status') return value === 'resolved' ? t.resolved : undefined;
  return type === 'reopened' ? t.reopened : type === 'away' ? text || t.away : undefined;
}

/** What is in view, in a window that has the focus, is read. */
function useSeeing({ chat, me }: Connected, atEnd: () => boolean, last: string | undefined): void {
  useEffect(() => {
    const tell = () => chat.seeing(atEnd() && document.hasFocus() && !document.hidden ? me.id : undefined);
    tell();
    const timer = setInterval(tell, 1000); // the reader may have scrolled back to the end
    window.addEventListener('focus', tell);
    window.addEventListener('blur', tell);
    document.addEventListener('visibilitychange', tell);
    return () => {
      clearInterval(timer);
      window.removeEventListener('focus', tell);
      window.removeEventListener('blur', tell);
      document.removeEventListener('visibilitychange', tell);
      chat.seeing(undefined);
    };
  }, [chat, me.id, last]);
}
