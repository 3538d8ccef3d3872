// SPDX-License-Identifier: Apache-2.0
/** A push as a notification: what it says and how it behaves. Pure. */
import type { PushTexts } from '../texts/push/en.ts';
import { tagOf, type MessagePush, type Push, type RingEndedPush, type RingPush } from './payload.ts';

/** What a notification remembers until somebody presses it. */
export interface NoticeData {
  kind: 'message' | 'ring' | 'ended' | 'other';
  cid?: string;
  conversationId?: string;
  /** Messages since it was last pressed or closed. */
  count?: number;
}

export interface Notice {
  title: string;
  options: NotificationOptions & {
    actions?: { action: string; title: string }[];
    renotify?: boolean;
    vibrate?: number[];
    timestamp?: number;
    data: NoticeData;
  };
}

export interface Surroundings {
  texts: PushTexts;
  /** Of the texts; the names in them may be written the other way round. */
  language: string;
  now: number;
  /** Whether notifications can have two buttons here. */
  buttons: boolean;
  /** What is on screen under the same tag. */
  before: NoticeData | undefined;
}

const LOOKS = { icon: '/icons/icon-192.png', badge: '/icons/badge-96.png', dir: 'auto' } as const;

export function noticeOf(push: Push | undefined, around: Surroundings): Notice {
  if (!push) return { title: 'Confab', options: { ...LOOKS, lang: around.language, body: around.texts.something, tag: 'other', data: { kind: 'other' } } };
  if (push.type === 'message.new') return messageNotice(push, around);
  if (push.type === 'call.ring' && Date.parse(push.expires_at) > around.now) return ringNotice(push, around);
  return endedNotice(push, around);
}

function messageNotice(push: MessagePush, { texts, language, before }: Surroundings): Notice {
  const count = (before?.count ?? 0) + 1;
  return {
    title: count > 1 ? texts.newMessages(push.user.name, count) : push.user.name,
    options: {
      ...LOOKS,
      lang: language,
      body: push.text || texts.files(push.attachments),
      tag: tagOf(push),
      renotify: true,
      data: { kind: 'message', conversationId: push.conversation_id, count },
    },
  };
}

function ringNotice(push: RingPush, { texts, language, buttons }: Surroundings): Notice {
  return {
    title: texts.isCalling(push.user.name, push.channel_name),
    options: {
      ...LOOKS,
      lang: language,
      body: push.video ? texts.videoCall : texts.voiceCall,
      tag: tagOf(push),
      renotify: true,
      requireInteraction: true, // it rings until the server says that it is over
      vibrate: [400, 200, 400, 200, 400],
      ...(buttons && {
        actions: [
          { action: 'accept', title: texts.accept },
          { action: 'decline', title: texts.decline },
        ],
      }),
      data: callData('ring', push),
    },
  };
}

/** In the place of the ring, without a sound: it has made enough. */
function endedNotice(push: RingPush | RingEndedPush, { texts, language }: Surroundings): Notice {
  const outcome = push.type === 'call.ring' ? 'missed' : push.outcome;
  const who = [push.user.name, push.channel_name] as const;
  const title = outcome === 'answered' ? texts.answered(...who) : outcome === 'declined' ? texts.declined(...who) : texts.missedCall(...who);
  return {
    title,
    options: {
      ...LOOKS,
      lang: language,
      body: push.video ? texts.videoCall : texts.voiceCall,
      tag: tagOf(push),
      silent: true,
      data: callData('ended', push),
    },
  };
}

const callData = (kind: NoticeData['kind'], { cid, conversation_id: conversationId }: RingPush | RingEndedPush): NoticeData => ({
  kind,
  cid,
  ...(conversationId !== undefined && { conversationId }),
});
