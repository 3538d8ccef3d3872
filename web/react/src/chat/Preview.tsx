// SPDX-License-Identifier: Apache-2.0
import type { MessageObject, UserObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { previewOf } from './previewOf.ts';

interface PreviewProps {
  /** undefined: nobody has written yet. */
  last: MessageObject | null | undefined;
  me: UserObject;
  /** Whose it is stands before it, as in a group. */
  named?: boolean;
  /** Who is writing now. */
  typing: readonly string[];
}

/** The last message in one line of a list. Whose it is keeps to the page's direction, what was written to its own. */
export function Preview({ last, me, named = false, typing }: PreviewProps) {
  const t = useMessages();
  const ours = typing.length > 0 ? t.isTyping(typing) : last ? undefined : t.noMessagesPreview;
  const { before, words } = last && !ours ? previewOf(last, me, t, named) : { words: ours };
  return (
    <span className="cf-conv__preview">
      {before !== undefined && (
        <>
          <span className="cf-conv__before">{before}</span>{' '}
        </>
      )}
      <span className="cf-conv__words" dir={ours ? undefined : 'auto'}>
        {words}
      </span>
    </span>
  );
}
