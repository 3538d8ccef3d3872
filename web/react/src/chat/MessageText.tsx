// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useMessages } from '../context.tsx';
import { LINK_REL, linkify } from './links.ts';
import { beginningOf } from './text.ts';

/** What somebody wrote, in its own direction. Of something very long the beginning, until one wants the rest. */
export function MessageText({ text, whole }: { text: string; whole: boolean }) {
  const t = useMessages();
  const [chosen, setChosen] = useState<boolean>();
  const beginning = beginningOf(text);
  const open = chosen ?? whole;
  return (
    <>
      <div dir="auto">
        {open || beginning === undefined ? <Linked text={text} /> : <><Linked text={text} length={beginning.length} />…</>}
      </div>
      {beginning !== undefined && (
        <button type="button" className="cf-link cf-bubble__more" aria-expanded={open} onClick={() => setChosen(!open)}>
          {open ? t.showLess : t.showMore}
        </button>
      )}
    </>
  );
}

/** Up to a length; an address that is cut there leads to where the whole one does. */
function Linked({ text, length = text.length }: { text: string; length?: number }) {
  let left = length;
  return linkify(text).map(({ text: piece, href }, i) => {
    const shown = piece.slice(0, left);
    left -= shown.length;
    return href === undefined || shown === '' ? (
      shown
    ) : (
      <a key={i} href={href} target="_blank" rel={LINK_REL} dir="ltr">
        {shown}
      </a>
    );
  });
}
