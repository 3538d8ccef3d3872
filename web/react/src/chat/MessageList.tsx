// SPDX-License-Identifier: Apache-2.0
import { channelReceipt, receiptOf, seenBy, type ChannelObject, type ChatMessage, type ReadObject, type Thread, type UserObject } from '@confab/client';
import { Fragment, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useMessages } from '../context.tsx';
import { dayName } from '../format.ts';
import { Icon } from '../ui/Icon.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { ActivityLine } from '../support/ActivityLine.tsx';
import type { MessageActions } from './Bubble.tsx';
import { CallCard } from './CallCard.tsx';
import { groupByDay } from './groups.ts';
import { MessageRun } from './MessageRun.tsx';

/** So near to the end counts as being at the end. */
const SLACK_PX = 60;

interface MessageListProps {
  thread: Thread;
  me: UserObject;
  reads: readonly ReadObject[];
  /** Of a direct or group conversation: who has read what. */
  channel?: ChannelObject | undefined;
  /** Before it is the line between read and unread. */
  firstUnread: ChatMessage | undefined;
  /** The message that one has jumped to. */
  marked: number | undefined;
  /** Accessible name. */
  label: string;
  empty: ReactNode;
  actions: MessageActions;
  /** Rings the other side; not offered without it. */
  onCall: (() => void) | undefined;
  onLoadMore: () => void;
  /** From an older part of the conversation to its end. */
  onNewest: () => void;
  /** The end is in view, or no longer. */
  onEnd: (atEnd: boolean) => void;
}

/** Stays at the end while the reader is there, and where they are when they are not. */
export function MessageList(props: MessageListProps) {
  const { thread, me, reads, channel, firstUnread, marked, label, empty, actions, onCall, onLoadMore, onNewest, onEnd } = props;
  const t = useMessages();
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const top = useRef(0);
  const shown = useRef<{ first: string | undefined; last: string | undefined; height: number; marked: number | undefined }>(undefined);
  const [behind, setBehind] = useState(false);
  const days = useMemo(() => groupByDay(thread.messages, firstUnread?.key), [thread.messages, firstUnread?.key]);
  const first = thread.messages[0]?.key;
  const last = thread.messages.at(-1);
  const lastMine = thread.messages.findLast((message) => message.user.id === me.id && message.delivery === 'sent' && !message.activity);
  const told = lastMine?.private ? undefined : lastMine?.id;
  const receipt = told === undefined ? undefined : channel ? channelReceipt(channel, me.id, told) : receiptOf(reads, me, told);
  const seen = told !== undefined && channel?.type === 'group' ? seenBy(channel, me.id, told) : [];
  const everybody = channel !== undefined && seen.length >= channel.member_count - 1;

  const toEnd = () => {
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
  };

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const before = shown.current;
    const pane = element.closest('.cf-pane'); // in a low window it scrolls, too
    if (!before && pane) pane.scrollTop = pane.scrollHeight;
    if (!before && pane && document.activeElement === pane) element.focus({ preventScroll: true }); // left the text box before it was here
    const isNew = before?.last !== last?.key;
    if (marked !== undefined && shown.current?.marked !== marked) {
      atEnd.current = false; // the effect below brings it into view
    } else if (before && before.first !== first && !isNew) {
      element.scrollTop += element.scrollHeight - before.height; // older ones came in on top
    } else if (atEnd.current || (isNew && last?.user.id === me.id)) {
      toEnd();
    } else if (isNew) {
      setBehind(true);
    }
    shown.current = { first, last: last?.key, height: element.scrollHeight, marked };
  }, [first, last, thread.messages.length, me.id, marked]);

  useEffect(() => {
    if (marked === undefined) return;
    box.current?.querySelector(`[data-message="${marked}"]`)?.scrollIntoView({ block: 'center' });
  }, [marked, first]);

  useEffect(() => onEnd(atEnd.current && !thread.hasNewer), [onEnd, thread.hasNewer, last]);

  useLayoutEffect(() => {
    if (!box.current || !content.current) return;
    // the keyboard of a phone, a rotated screen, a banner: the end stays in view
    const observer = new ResizeObserver(() => atEnd.current && toEnd());
    observer.observe(box.current);
    observer.observe(content.current);
    return () => observer.disconnect();
  }, []);

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < SLACK_PX;
    // what has grown under the end, or a line that came between, takes nobody away from it: that is for scrolling back only
    if (near || element.scrollTop < top.current) atEnd.current = near;
    top.current = element.scrollTop;
    if (atEnd.current) setBehind(false);
    onEnd(atEnd.current && !thread.hasNewer);
    if (element.scrollTop < 200 && thread.hasMore && !thread.loadingMore) onLoadMore();
  };

  const now = Date.now();
  return (
    <div className="cf-messages">
      <div className="cf-messages__scroll" ref={box} onScroll={onScroll} role="log" aria-label={label} tabIndex={0}>
        <div className="cf-messages__content" ref={content}>
          {thread.loadingMore && <Spinner label={t.loading} />}
          {thread.messages.length === 0 && empty}
          {days.map((day) => (
            <div key={day.key} className="cf-day">
              <p className="cf-day__name">{dayName(day.at, now, t)}</p>
              {day.runs.map((run) => {
                const message = run.messages[0];
                if (message?.call) return <CallCard key={run.key} card={message.call} meId={me.id} at={message.at} onCall={onCall} />;
                if (message?.activity) {
                  return (
                    <ActivityLine
                      key={run.key}
                      activity={message.activity}
                      user={message.user}
                      internal={message.private}
                      at={message.at}
                    />
                  );
                }
                return (
                  <Fragment key={run.key}>
                    {run.key === firstUnread?.key && <p className="cf-unreadline">{t.unreadFromHere}</p>}
                    <MessageRun
                      run={run}
                      mine={run.user.id === me.id}
                      meId={me.id}
                      seen={lastMine && run.messages.includes(lastMine) && seen.length > 0 ? { by: seen, everybody } : undefined}
                      receipt={lastMine && run.messages.includes(lastMine) ? receipt : undefined}
                      marked={marked}
                      actions={actions}
                    />
                  </Fragment>
                );
              })}
            </div>
          ))}
        </div>
      </div>
      {thread.hasNewer ? (
        <button type="button" className="cf-pill" onClick={onNewest}>
          <Icon name="down" size={16} /> {t.toNewest}
        </button>
      ) : (
        behind && (
          <button type="button" className="cf-pill" onClick={toEnd}>
            <Icon name="down" size={16} /> {t.newMessages}
          </button>
        )
      )}
    </div>
  );
}
