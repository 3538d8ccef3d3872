// SPDX-License-Identifier: Apache-2.0
/** A server that stores messages, without the server. */
import type { MessageObject } from '../../src/index.ts';
import { ann, type FakeServer } from './fakes.ts';

const AT = '2026-01-01T10:00:00.000Z';

export interface Post {
  client_id: string;
  text: string;
  private?: boolean;
  attachments?: string[];
}

/** A server that takes Ann's messages, each client id once, and her files. */
export function takeMessages(server: FakeServer): { posts: Post[]; stored: MessageObject[]; uploads: string[] } {
  const posts: Post[] = [];
  const stored: MessageObject[] = [];
  const uploads: string[] = [];
  server.routes['GET /api/v1/conversations'] = () => ({
    status: 200,
    body: { conversations: [{ id: 'ann', user: ann, last_message: null, call: null, updated_at: AT, unread: 0, reads: [], support: { status: 'open' } }], cursor: 10, online: [] },
  });
  server.routes['GET /api/v1/conversations/ann/messages'] = () => ({ status: 200, body: { messages: stored, has_more: false } });
  server.routes['POST /api/v1/conversations/ann/attachments'] = ({ path }) => {
    uploads.push(new URL(path, 'http://test').searchParams.get('name') ?? '');
    return { status: 201, body: { attachment: { id: `f${uploads.length}`, name: uploads.at(-1) } } };
  };
  server.routes['POST /api/v1/conversations/ann/messages'] = ({ body }) => {
    const post = body as unknown as Post;
    posts.push(post);
    let message = stored.find(({ client_id: key }) => key === post.client_id);
    if (!message) {
      const { client_id, text } = post;
      message = { id: stored.length + 1, conversation_id: 'ann', user: ann, text, client_id, created_at: AT, type: 'regular', reactions: [], attachments: [] };
      stored.push(message);
    }
    return { status: 201, body: { message } };
  };
  return { posts, stored, uploads };
}
