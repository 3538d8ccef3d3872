// SPDX-License-Identifier: Apache-2.0
/** A message that the server does not have yet, and where such messages are kept. */
import type { AttachmentObject, QuotedObject } from '../contract.ts';
import type { MessageOptions, VoiceShape } from './api.ts';
import type { ChatMessage } from './state.ts';

/** A file of an unsent message. */
export interface UnsentFile {
  readonly name: string;
  /** Its bytes. Absent when only the server has them. */
  readonly file?: Blob | undefined;
  /** It is a voice note. */
  readonly voice?: VoiceShape | undefined;
  /** Once it is on the server. */
  readonly attachment?: AttachmentObject | undefined;
}

/** Why the server did not take a message. */
export interface Refusal {
  readonly message: string;
  readonly code: number;
  readonly statusCode: number;
}

/** Plain data that can be stored. */
export interface UnsentMessage {
  /** The client id: however often it is sent, it is stored once. */
  readonly key: string;
  readonly conversationId: string;
  readonly text: string;
  /** When it was written, in milliseconds of Date.now(); those of a conversation go in this order. */
  readonly at: number;
  /** A note of the team: it must never go as anything else. */
  readonly private: boolean;
  readonly quoted?: QuotedObject | undefined;
  readonly files: readonly UnsentFile[];
  /** It does not go again by itself. */
  readonly refused?: Refusal | undefined;
}

/** What somebody has written. Files go to the server with the message; `attachments` are there already. */
export interface NewMessage extends MessageOptions {
  text: string;
  files?: readonly UnsentFile[] | undefined;
}

/** `loaded`: messages of the conversation, for what is quoted. */
export function unsentMessage(
  where: Pick<UnsentMessage, 'key' | 'conversationId' | 'at'>,
  { text, quoted, private: note = false, attachments = [], files }: NewMessage,
  loaded: readonly ChatMessage[],
): UnsentMessage {
  const answered = loaded.find((message) => message.id !== undefined && message.id === quoted);
  return {
    ...where,
    text,
    private: note,
    quoted: quoted === undefined ? undefined : { id: quoted, user_id: answered?.user.id ?? '', user_name: answered?.user.name ?? '', text: answered?.text ?? '' },
    files: files ?? attachments.map((attachment) => ({ name: attachment.name, attachment })),
  };
}

/**
 * Keeps unsent messages over reloads and closed tabs. Each method may reject: what cannot be kept is sent all the same while
 * the page lives. `browserOutbox` is the one of browsers; give another one as `options.outbox` where there is no IndexedDB.
 */
export interface OutboxStorage {
  /** One user's, in any order. */
  list(userId: string): Promise<UnsentMessage[]>;
  /** Adds it, or takes the place of the one with the same key. */
  put(userId: string, message: UnsentMessage): Promise<void>;
  remove(userId: string, key: string): Promise<void>;
  /** Forgets those of the users for whom `whose` is true. */
  clear(whose: (userId: string) => boolean): Promise<void>;
  /** Runs `work` when nobody else (another tab) runs work of this name. Without it a message may be sent twice, and is stored once. */
  exclusive?<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Calls back when somebody else (another tab) changed something. Returns the way to stop. */
  onChange?(listener: () => void): () => void;
}
