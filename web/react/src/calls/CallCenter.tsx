// SPDX-License-Identifier: Apache-2.0
import { ConfabError, conversationIdOf, type Call, type ChatStore } from '@confab/client';
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { Ended } from '../call/CallEnded.tsx';
import { IncomingCall } from '../call/IncomingCall.tsx';
import { OutgoingCall } from '../call/OutgoingCall.tsx';
import { VideoCall } from '../call/VideoCall.tsx';
import { useMessages, useVideoClient } from '../context.tsx';
import { isGuestOf } from '../call/useConversation.ts';
import { useRingNotification } from '../call/useRingNotification.ts';
import { errorText } from '../errorText.ts';
import { Continuing } from '../handover/Continuing.tsx';
import { useRingingCalls } from '../hooks/useCalls.ts';
import { useToast } from '../ui/Toasts.tsx';
import { AfterCall } from './AfterCall.tsx';
import { CallLobby } from './CallLobby.tsx';
import { CallChatProvider, useCallChat } from './CallChat.tsx';
import { toKeep, toShow, type Peer } from './team.ts';
import { GONE_MS } from './useInCall.ts';
import { toTextBox } from './toTextBox.ts';

export type { Peer };

export interface ActiveCall {
  call: Call;
  peer: Peer;
  /** Rings the others when it is joined. */
  ring: boolean;
  /** It rang here. */
  accepted: boolean;
  /** One was in it on another device or in another window: that one leaves. */
  takeOver: boolean;
}

export interface Center {
  /** The call on screen. */
  active: ActiveCall | undefined;
  /** Puts a call on screen and joins it. With `beside` one stays in it where one is in it already. */
  open(call: Call, peer: Peer, options?: { ring?: boolean; beside?: boolean }): void;
  /** Shows the lobby first: camera, microphone and speaker; from there one goes on into the call. */
  check(call: Call, peer: Peer, options?: { ring?: boolean; beside?: boolean }): void;
  close(): void;
  /** Takes away what is said of a call that is over: the person does something else. */
  goOn(): void;
}

const CenterContext = createContext<Center | undefined>(undefined);

/** Undefined where no CallCenter is around. */
export function useCallCenter(): Center | undefined {
  return useContext(CenterContext);
}

/**
 * The calls of a whole application, whatever page is on screen: shows what rings, from either side, and the call that one
 * is in. Put it once around the pages, inside of ConfabProvider. `onConversation` goes to the page with a conversation,
 * where there are other pages, too: a call shows its conversation by way of it. `continued`: a call (`type:id`) that one had on
 * another device, whose lobby is shown once.
 */
export function CallCenter({ onConversation, continued, children }: { onConversation?: (id: string) => void; continued?: string | undefined; children?: ReactNode }) {
  return (
    <CallChatProvider goTo={onConversation}>
      <Calls continued={continued}>{children}</Calls>
    </CallChatProvider>
  );
}

function Calls({ continued, children }: { continued: string | undefined; children: ReactNode }) {
  const t = useMessages();
  const toast = useToast();
  const client = useVideoClient();
  const messenger = useCallChat()?.messenger;
  const [active, setActive] = useState<ActiveCall | undefined>();
  const [checking, setChecking] = useState<(Pick<ActiveCall, 'call' | 'peer' | 'ring'> & { beside: boolean }) | undefined>();
  const [toContinue, setToContinue] = useState(continued);
  const [ended, setEnded] = useState<(Ended & { call: Call }) | undefined>();
  const [dialing, setDialing] = useState<Call | undefined>();
  const incoming = useRingingCalls('incoming').find((call) => call !== active?.call);
  const outgoing = useRingingCalls('outgoing')[0];

  useEffect(() => {
    if (outgoing) setDialing(outgoing); // stays on screen after it rang, with how it ended
  }, [outgoing]);

  const left = useRef<{ cid: string; at: number }>(undefined);
  const shown = active?.call.cid;
  const close = useCallback(() => {
    if (shown !== undefined) left.current = { cid: shown, at: Date.now() };
    setActive(undefined);
  }, [shown]);
  const open = useCallback((call: Call, peer: Peer, { ring = false, beside = false } = {}) => {
    const { me, others } = listedIn(call, messenger);
    const stale = me && left.current?.cid === call.cid && Date.now() - left.current.at < GONE_MS;
    const elsewhere = me && !stale;
    const rings = ring || (stale && !others);
    setActive((now) => (now?.call === call ? now : { call, peer: toKeep(peer, t), ring: rings && !elsewhere, accepted: false, takeOver: elsewhere && !beside })); // one is in it already
  }, [messenger, t]);
  const check = useCallback((call: Call, peer: Peer, { ring = false, beside = false } = {}) => setChecking({ call, peer: toKeep(peer, t), ring, beside }), [t]);
  const onFound = useCallback(
    (found: { call: Call; peer: Peer } | undefined) => {
      setToContinue(undefined);
      if (found) check(found.call, found.peer, { beside: true });
    },
    [check],
  );
  const goOn = useCallback(() => setEnded(undefined), []);
  const busy = active !== undefined || incoming !== undefined || dialing !== undefined;
  useEffect(() => {
    if (busy) goOn(); // another call
  }, [busy, goOn]);
  useRingNotification(incoming?.state.ring ?? undefined);
  const center = useMemo(() => ({ active, open, check, close, goOn }), [active, open, check, close, goOn]);

  const accept = async (call: Call, { camera = true } = {}) => {
    const peer = groupOf(call) ?? customerOf(call, messenger) ?? call.state.ring?.caller ?? { id: call.id, name: call.id };
    try {
      if (!camera) await call.camera.disable({ remember: false });
      await call.accept();
      setActive({ call, peer, ring: false, accepted: true, takeOver: false });
    } catch (error) {
      toast(error instanceof ConfabError && error.statusCode === 409 ? t.answeredElsewhere : t.callFailed, 'problem');
    }
  };

  const decline = (call: Call) => void call.reject().catch(() => {}); // answered elsewhere meanwhile
  const write = (call: Call, conversation: string, text: string) => {
    const id = `reply-${call.state.ring?.id ?? call.id}`; // one for each ring
    decline(call);
    client.chat.send(conversation, text, id).catch((error: unknown) => toast(errorText(error, t), 'problem'));
  };
  const told = incoming && conversationIdOf(incoming.id);
  const conversation = told !== undefined && isGuestOf(messenger, told) ? undefined : told;

  return (
    <CenterContext.Provider value={center}>
      {children}
      {toContinue !== undefined && messenger && <Continuing cid={toContinue} messenger={messenger} onFound={onFound} />}
      {active && (
        <VideoCall
          key={active.call.cid}
          callType={active.call.type}
          callId={active.call.id}
          peer={toShow(active.peer, t)}
          ring={active.ring}
          takeOver={active.takeOver}
          onWrite={() => {
            close();
            toTextBox();
          }}
          onClose={(how) => {
            close();
            setEnded(how && { ...how, peer: active.peer, call: active.call });
          }}
        />
      )}
      {checking && !active && (
        <CallLobby
          call={checking.call}
          name={toShow(checking.peer, t).name}
          beside={checking.beside}
          onJoin={(ring) => {
            open(checking.call, checking.peer, { ring, beside: checking.beside });
            setChecking(undefined);
          }}
          onCancel={() => setChecking(undefined)}
        />
      )}
      {dialing && !active && (
        <OutgoingCall
          key={dialing.cid}
          call={dialing}
          peer={otherMember(dialing, client.state.connectedUser?.id)}
          onJoined={() => {
            setDialing(undefined);
            open(dialing, otherMember(dialing, client.state.connectedUser?.id));
          }}
          onClose={() => setDialing(undefined)}
          onWrite={conversationIdOf(dialing.id) === undefined ? undefined : toTextBox}
        />
      )}
      {ended && <AfterCall ended={{ ...ended, peer: toShow(ended.peer, t) }} onOpen={(ring) => open(ended.call, ended.peer, { ring })} onClose={goOn} />}
      {incoming?.state.ring && (
        <IncomingCall
          key={incoming.state.ring.id}
          from={incoming.state.ring.caller}
          group={incoming.state.ring.channel_name}
          about={customerOf(incoming, messenger)?.name}
          video={incoming.state.ring.video}
          onAccept={() => void accept(incoming)}
          onAcceptAudio={() => void accept(incoming, { camera: false })}
          onDecline={() => decline(incoming)}
          {...(conversation !== undefined && { onWrite: (text: string) => write(incoming, conversation, text) })}
        />
      )}
    </CenterContext.Provider>
  );
}

/** Makes sure that a component has a center: its own when none is around. */
export function WithCallCenter({ children }: { children: ReactNode }) {
  return useCallCenter() ? children : <CallCenter>{children}</CallCenter>;
}

/** Who is in it, as far as is known: this user on another device or in another window, somebody else. */
function listedIn(call: Call, messenger: ChatStore | undefined): { me: boolean; others: boolean } {
  const id = call.type === 'default' ? conversationIdOf(call.id) : undefined;
  const session = id === undefined ? undefined : (messenger?.state.conversations.get(id) ?? messenger?.state.channels.get(id))?.call;
  const people = session?.participants ?? [];
  const mine = people.filter((user) => user.id === messenger?.state.me.id).length;
  return { me: mine > 0, others: people.length > mine };
}

/** The group that a ring is in. */
function groupOf(call: Call): Peer | undefined {
  const name = call.state.ring?.channel_name;
  return name === undefined ? undefined : { id: conversationIdOf(call.id) ?? call.id, name };
}

/** The customer whose call a colleague asks one into. */
function customerOf(call: Call, messenger: ChatStore | undefined): Peer | undefined {
  const id = conversationIdOf(call.id);
  const conversation = id === undefined ? undefined : messenger?.state.conversations.get(id);
  const mine = id === messenger?.state.me.id || id === call.state.ring?.caller.id;
  return mine ? undefined : conversation?.user;
}

/** Whom to name on the caller's screen. */
function otherMember(call: Call, me: string | undefined): Peer {
  const other = call.state.members.find((member) => member.user_id !== me)?.user;
  return groupOf(call) ?? other ?? { id: call.id, name: call.id };
}
