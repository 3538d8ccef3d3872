// SPDX-License-Identifier: Apache-2.0
import type { MessageObject, UserObject } from '@confab/client';
import type { Messages } from '../messages/en.ts';
import { cardText } from './cardText.ts';

/** A message in one line of a list. `named`: whose it is stands before it, as in a group. */
export function previewText(last: MessageObject, me: UserObject, t: Messages, named = false): string {
  const files = last.attachments.length;
  const words = last.call ? cardText(last.call, me.id, t) : last.text || (last.attachments.some(({ voice }) => voice) ? t.voice.preview : files > 0 ? t.filePreview(files) : '');
  const text = last.deleted_at ? t.messageDeleted : words.replace(/\s+/g, ' ');
  if (last.private) return `${t.privateNote}: ${text}`;
  if (last.call) return text;
  if (last.user.id === me.id) return t.yourPrefix(text);
  return named ? t.channels.says(last.user.name, text) : text;
}
