// SPDX-License-Identifier: Apache-2.0
/** Conversations and messages, one method per route. All reject like every other operation of the client. */
import type { AttachmentObject, ChannelInfoObject, ChannelsResponse, ConversationsResponse, MessageObject, MessagesResponse, ReadObject, UnreadResponse } from '../contract.ts';
import { ConfabError, ErrorCode } from '../errors.ts';
import type { Rest } from '../rest.ts';
import { Turns } from '../turns.ts';

/** What is optional in a new message. */
export interface MessageOptions {
  /** The message that this one answers. */
  quoted?: number | undefined;
  /** A note of the team that the customer does not see; admins only. */
  private?: boolean | undefined;
  /** Files that `attach` has sent to the server; each goes with one message. The text may be empty then. */
  attachments?: readonly AttachmentObject[] | undefined;
}

/** Of a voice note, measured by who recorded it: at most five minutes, and a hex digit of loudness for each of up to 64 bars. */
export interface VoiceShape {
  durationMs: number;
  waveform: string;
}

/** What else a message that is looked for must be. */
export interface SearchFilter {
  /** Written by this user. */
  from?: string | undefined;
  /** Written then or later. */
  since?: Date | undefined;
  /** Written before then. */
  until?: Date | undefined;
  /** With an attachment. */
  files?: boolean | undefined;
}

export type ExportFormat = 'json' | 'html';

/** Of a group, by its owners; what is absent stays. */
export interface ChannelChange {
  name?: string;
  /** Seconds between two messages of a member who neither owns it nor is of the team; 0: off. */
  slow_mode_s?: number;
  add_members?: string[];
  remove_members?: string[];
  /** Who become owners. */
  owners?: string[];
}

/** The server takes four files at once from one address, where colleagues may be, too. */
const FILES_AT_ONCE = 3;

export class ChatApi {
  readonly #files = new Turns(FILES_AT_ONCE);

  /** `ask`: over the event socket; undefined when it cannot be asked there. */
  constructor(private readonly context: { ready(): Promise<void>; rest: Rest; ask(type: string, fields: object): Promise<MessageObject> | undefined }) {}

  /** @internal Resolves once somebody is connected; rejects when nobody is, nor is about to be. */
  ready(): Promise<void> {
    return this.context.ready();
  }

  /** One's own direct and group conversations, latest activity first. */
  async channels(): Promise<ChannelsResponse> {
    await this.context.ready();
    return this.context.rest.get('/api/v1/channels');
  }

  /** With all of its members. */
  channelInfo(id: string): Promise<ChannelInfoObject> {
    return this.#channel((rest) => rest.get(`/api/v1/channels/${encodeURIComponent(id)}`));
  }

  /** Finds it or makes it: one direct one for each pair; a group by its id. */
  createChannel(channel: { type: 'direct'; user_id: string } | { type: 'group'; id?: string; name: string; members?: string[] }): Promise<ChannelInfoObject> {
    return this.#channel((rest) => rest.post('/api/v1/channels', channel));
  }

  /** Owners of a group only. */
  updateChannel(id: string, change: ChannelChange): Promise<ChannelInfoObject> {
    return this.#channel((rest) => rest.patch(`/api/v1/channels/${encodeURIComponent(id)}`, change));
  }

  leaveChannel(id: string): Promise<ChannelInfoObject> {
    return this.#channel((rest) => rest.post(`/api/v1/channels/${encodeURIComponent(id)}/leave`, {}));
  }

  /** A customer's own conversation; for an admin all, latest activity first. */
  async conversations(): Promise<ConversationsResponse> {
    await this.context.ready();
    return this.context.rest.get('/api/v1/conversations');
  }

  /** Up to `limit` messages before the one with id `before` (or the newest), or after `after`; oldest first. */
  async messages(conversationId: string, page: { before?: number; after?: number; limit?: number } = {}): Promise<MessagesResponse> {
    await this.context.ready();
    const query = new URLSearchParams({ limit: String(page.limit ?? 50) });
    if (page.before !== undefined) query.set('before', String(page.before));
    if (page.after !== undefined) query.set('after', String(page.after));
    return this.context.rest.get(`${pathOf(conversationId)}/messages?${query}`);
  }

  /** The whole of a conversation, as far as this user may see it: to read as a page, or for programs. */
  async export(conversationId: string, format: ExportFormat = 'json'): Promise<Blob> {
    await this.context.ready();
    return this.context.rest.download(`${pathOf(conversationId)}/export?format=${format}`);
  }

  /** Messages with all of the words, in one conversation or in all that this user may see, best first. */
  async search(words: string, conversationId?: string, { from, since, until, files }: SearchFilter = {}): Promise<MessagesResponse> {
    await this.context.ready();
    const query = new URLSearchParams({ q: words });
    if (conversationId !== undefined) query.set('conversation', conversationId);
    if (from !== undefined) query.set('from', from);
    if (since) query.set('since', since.toISOString());
    if (until) query.set('until', until.toISOString());
    if (files) query.set('has', 'attachment');
    return this.context.rest.get(`/api/v1/search?${query}`);
  }

  /** Repeating a `clientId` stores nothing new and returns the first message. Goes over the event socket when that is up. */
  async send(conversationId: string, text: string, clientId: string, options: MessageOptions = {}): Promise<MessageObject> {
    const body = {
      text,
      client_id: clientId,
      ...(options.quoted === undefined ? {} : { quoted_message_id: options.quoted }),
      ...(options.private ? { private: true } : {}),
      ...(options.attachments?.length ? { attachments: options.attachments.map(({ id }) => id) } : {}),
    };
    const post = () => this.#message((rest) => rest.post(`${pathOf(conversationId)}/messages`, body));
    await this.context.ready();
    const asked = this.context.ask('message.send', { conversation_id: conversationId, message: body });
    return asked?.catch((error: unknown) => (isFinal(error) ? Promise.reject(error) : post())) ?? post();
  }

  /** Sends a file, at most 10 MiB, for a message of this user. Unsent ones are dropped after a day. With `voice` it is a voice note. */
  async attach(conversationId: string, file: Blob, name: string, voice?: VoiceShape): Promise<AttachmentObject> {
    await this.context.ready();
    const path = `${pathOf(conversationId)}/attachments?${new URLSearchParams({ name, ...(voice ? { duration_ms: String(voice.durationMs), waveform: voice.waveform } : {}) })}`;
    return (await this.#files.run(() => this.context.rest.upload<{ attachment: AttachmentObject }>(path, file))).attachment;
  }

  /** Where a file can be seen. */
  urlOf(attachment: AttachmentObject): string {
    return this.context.rest.url(attachment.url);
  }

  /** One's own message; customers for a quarter of an hour. */
  edit(conversationId: string, messageId: number, text: string): Promise<MessageObject> {
    return this.#message((rest) => rest.patch(`${pathOf(conversationId)}/messages/${messageId}`, { text }));
  }

  /** A placeholder stays. Admins may delete anybody's message. */
  delete(conversationId: string, messageId: number): Promise<MessageObject> {
    return this.#message((rest) => rest.delete(`${pathOf(conversationId)}/messages/${messageId}`));
  }

  /** Adds or takes away this user's reaction of a type: an emoji, or a name. */
  react(conversationId: string, messageId: number, type: string, on = true): Promise<MessageObject> {
    const path = `${pathOf(conversationId)}/messages/${messageId}/reactions`;
    return this.#message((rest) => (on ? rest.post(path, { type }) : rest.delete(`${path}/${encodeURIComponent(type)}`)));
  }

  /** Everything up to the message was read. Never goes back. */
  markRead(conversationId: string, messageId: number): Promise<ReadObject> {
    return this.#mark(conversationId, 'read', messageId);
  }

  /**
   * The message and what came after it are unread again, for this user only, until they read or write there. For the team, and in
   * channels; rejects with code 17 in a customer's own conversation.
   */
  async markUnread(conversationId: string, messageId: number): Promise<UnreadResponse> {
    await this.context.ready();
    return this.context.rest.post(`${pathOf(conversationId)}/unread`, { message_id: messageId });
  }

  /** Everything up to the message has arrived at this device. */
  markDelivered(conversationId: string, messageId: number): Promise<ReadObject> {
    return this.#mark(conversationId, 'delivered', messageId);
  }

  /** Tells the others that this user is writing, or has stopped. Send it at most every two seconds. */
  async typing(conversationId: string, typing: boolean): Promise<void> {
    await this.context.ready();
    await this.context.rest.post(`${pathOf(conversationId)}/typing`, { typing });
  }

  async #channel(ask: (rest: Rest) => Promise<{ channel: ChannelInfoObject }>): Promise<ChannelInfoObject> {
    await this.context.ready();
    return (await ask(this.context.rest)).channel;
  }

  async #message(ask: (rest: Rest) => Promise<{ message: MessageObject }>): Promise<MessageObject> {
    await this.context.ready();
    return (await ask(this.context.rest)).message;
  }

  async #mark(conversationId: string, what: string, messageId: number): Promise<ReadObject> {
    await this.context.ready();
    const path = `${pathOf(conversationId)}/${what}`;
    return (await this.context.rest.post<{ read: ReadObject }>(path, { message_id: messageId })).read;
  }
}

const pathOf = (conversationId: string): string => `/api/v1/conversations/${encodeURIComponent(conversationId)}`;

/** HTTP would say the same. Otherwise it can wait as long as the server wants, or bring a new token, or the socket was the trouble. */
const isFinal = (error: unknown): boolean => error instanceof ConfabError && (error.unrecoverable || error.code === ErrorCode.slowMode);
