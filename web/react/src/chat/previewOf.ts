// SPDX-License-Identifier: Apache-2.0
import type { MessageObject, UserObject } from '@confab/client';
import type { Messages } from '../messages/en.ts';
import { cardText } from './cardText.ts';

/** A message in one line of a list: what was written, and what stands before it. `named`: whose it is, as in a group. */
export function previewOf(last: MessageObject, me: UserObject, t: Messages, named = false): { before?: string; words: string } {
  const files = last.attachments.length;
  const text = last.call ? cardText(last.call, me.id, t) : last.text || (last.attachments.some(({ voice }) => voice) ? t.voice.preview : files > 0 ? t.filePreview(files) : '');
  const words = last.deleted_at ? t.messageDeleted : text.replace(/\s+/g, ' ');
  if (last.private) return { before: t.before(t.privateNote), words };
  if (last.call) return { words };
  if (last.user.id === me.id) return { before: t.before(t.you), words };
  return named ? { before: t.before(last.user.name), words } : { words };
}
