// SPDX-License-Identifier: Apache-2.0
import { conversationIdOf, firstUnread, isKeptUnread, type CallSessionObject, type ChannelObject, type ChatState, type ChatStore, type Thread, type UserObject } from '@confab/client';
import { useEffect, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { useCallCenter } from '../calls/CallCenter.tsx';
import { useCallChat } from '../calls/CallChat.tsx';
import { useRingingCalls } from '../hooks/useCalls.ts';
import { useOffline } from '../hooks/useOffline.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { useMessages, useVideoClient } from '../context.tsx';
import { Composer, type Writing } from './Composer.tsx';
import type { Drafts } from './drafts.ts';
import { ConversationHeader } from './ConversationHeader.tsx';
import { ReportDialog } from '../moderation/ReportDialog.tsx';
import { useMaybeDesk } from '../support/DeskContext.tsx';
import { LiveCallBar } from './LiveCallBar.tsx';
import { LoadFailed } from './LoadFailed.tsx';
import { MessageList } from './MessageList.tsx';
import { ThreadSkeleton } from './Skeletons.tsx';
import { TypingLine } from './TypingLine.tsx';
import { useMessageActions } from './useMessageActions.ts';
import { useDrop } from './useDrop.ts';
import { useUploads } from './useUploads.ts';
import { useVoiceSending } from '../voice/useVoiceSending.ts';
import { useSeeing } from './useSeeing.ts';
import { useGoingOn } from './unread.ts';

interface ConversationPaneProps {
  store: ChatStore;
  state: ChatState;
  conversationId: string;
  /** Of a direct or group conversation; else it is a customer's. */
  channel?: ChannelObject;
  /** Whose name stands on top: the other side. */
  person: Pick<UserObject, 'id' | 'name' | 'image'>;
  subtitle: string;
  online: boolean;
  /** A message to bring into view, from a search. */
  target?: { messageId: number } | undefined;
  /** The live call, when it is to be offered here. */
  call: CallSessionObject | null;
  empty: ReactNode;
  drafts: Drafts;
  /** More buttons of the header. */
  actions?: ReactNode;
  /** Until then (of Date.now()) nothing can be sent. */
  waitUntil?: number;
  /** Between the header and the messages: what the team can do. */
  bar?: ReactNode;
  /** Between the messages and the text box. */
  question?: ReactNode;
  /** Canned replies and colleagues' names are offered while one writes; inside of a DeskProvider only. */
  withSuggestions?: boolean;
  onBack?: () => void;
  onCall: () => void;
  onCheck: () => void;
}

/** One conversation: who, what was said, and where to write. Give it the conversation's id as its key. */
export function ConversationPane(props: ConversationPaneProps) {
  const { store, state, conversationId, channel, person, subtitle, online, target, call, empty, drafts, bar, question, withSuggestions, onBack, onCall, onCheck } = props;
  const t = useMessages();
  const client = useVideoClient();
  const rings = useRingingCalls('incoming').some((ringing) => conversationIdOf(ringing.id) === conversationId);
  const offline = useOffline();
  const lost = useObservable(client.state.connectionState$) === 'reconnecting' || offline; // who is there is not known then
  const center = useCallCenter();
  const inside = conversationIdOf(center?.active?.call.id ?? '') === conversationId;
  const thread = state.threads.get(conversationId);

  const { actions, writing, marked, reported, send, jump, cancel, endReport } = useMessageActions(store, conversationId, state.me, channel);
  const [atEnd, setAtEnd] = useState(false);
  const desk = useMaybeDesk();
  const suggestions = withSuggestions && desk ? { ...desk.desk, me: state.me, customer: person.name } : undefined;
  const uploads = useUploads(conversationId);
  const drop = useDrop(uploads.add);
  const speak = useVoiceSending(conversationId, send);

  useEffect(() => store.open(conversationId), [store, conversationId]);
  const inCall = useCallChat();
  const place = inCall?.over?.conversationId === conversationId ? inCall.place : null;
  // what lies behind a call is not seen
  useSeeing(store, conversationId, atEnd && (place !== null || inCall?.over === undefined));
  useEffect(() => {
    // a phone's keyboard would cover what one wants to read
    const first = matchMedia('(pointer: coarse)').matches ? '[role="log"]' : '.cf-composer textarea';
    place?.querySelector<HTMLElement>(first)?.focus();
  }, [place]);
  const goingOn = useGoingOn(store, conversationId, isKeptUnread(state, conversationId));
  useEffect(() => {
    if (target) jump(target.messageId);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each search result that was chosen
  }, [target]);

  const paneLook = `cf-pane ${drop.over ? 'cf-pane--drop' : ''}`;
  const content = (
    <>
      {thread?.status === 'ready' ? (
        <MessageList
          thread={thread}
          me={state.me}
          reads={state.conversations.get(conversationId)?.reads ?? []}
          channel={channel}
          firstUnread={firstUnread(state, conversationId)}
          marked={marked}
          label={t.conversationWith(person.name)}
          empty={empty}
          actions={actions}
          onCall={inside ? undefined : onCall}
          onLoadMore={() => void store.loadMore(conversationId)}
          onNewest={() => {
            jump(undefined);
            void store.toNewest(conversationId);
          }}
          onEnd={setAtEnd}
        />
      ) : thread?.status === 'error' ? (
        <LoadFailed onRetry={() => store.retryThread(conversationId)} />
      ) : (
        <ThreadSkeleton label={t.loading} />
      )}
      <div ref={inCall?.setAfter} data-conversation={conversationId} />
      {question}
      <TypingLine typers={(state.typing.get(conversationId) ?? []).filter(({ user }) => !bar || user.role !== 'admin')} />
      <Composer
        suggestions={suggestions}
        placeholder={t.messagePlaceholder(person.name)}
        writing={fresh(writing, thread)}
        uploads={uploads}
        notes={state.me.role === 'admin' && !channel}
        waitUntil={props.waitUntil ?? 0}
        draft={drafts.get(conversationId)}
        onDraft={(draft) => {
          center?.goOn();
          drafts.set(conversationId, draft);
        }}
        onKeystroke={() => store.keystroke(conversationId)}
        onSend={send}
        onVoice={speak}
        onCancel={cancel}
      />
      {reported && <ReportDialog conversationId={conversationId} message={reported} closed={channel !== undefined} onClose={endReport} />}
    </>
  );
  return (
    <section className={paneLook} aria-label={t.conversationWith(person.name)} tabIndex={-1} {...(place ? {} : drop.handlers)} {...goingOn}>
      {drop.over && !place && <p className="cf-pane__drop">{t.dropHere}</p>}
      <ConversationHeader
        person={person}
        subtitle={lost && online ? '…' : subtitle}
        online={online && !lost}
        actions={props.actions}
        onBack={onBack}
        onCall={onCall}
        onCheck={onCheck}
        onCallIntent={() => void client.preloadMedia()}
      />
      {bar}
      {call && !rings && !inside && <LiveCallBar call={call} me={state.me} onJoin={onCall} />}
      {place
        ? createPortal(
            <div className={paneLook} {...drop.handlers}>
              {drop.over && <p className="cf-pane__drop">{t.dropHere}</p>}
              {content}
            </div>,
            place,
          )
        : content}
    </section>
  );
}

/** What is answered or changed, as it is now: somebody may delete it meanwhile. */
function fresh(writing: Writing, thread: Thread | undefined): Writing {
  if (writing.kind === 'new') return writing;
  const message = thread?.messages.find(({ key }) => key === writing.message.key);
  return message && message !== writing.message ? { ...writing, message } : writing;
}
