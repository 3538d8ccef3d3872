// SPDX-License-Identifier: Apache-2.0
/** What is in a message's text: addresses to follow, or nothing but a few emoji. */

export interface Piece {
  readonly text: string;
  /** Set for an address. */
  readonly href?: string;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"]+/gi;
/** Ends a sentence rather than an address. */
const TRAILING = /[.,:;!?'…]+$/;

/** The text in pieces, in order and complete. Only http and https become links: never a script. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutTail(match[0]);
    if (!isAddress(address)) continue;
    if (match.index > done) pieces.push({ text: text.slice(done, match.index) });
    pieces.push({ text: address, href: address });
    done = match.index + address.length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}

/** "(see https://x.org/a_(b))." has a bracket of its own and one that belongs to the sentence. */
function withoutTail(address: string): string {
  const clean = address.replace(TRAILING, '');
  const count = (bracket: string) => clean.split(bracket).length;
  return clean.endsWith(')') && count(')') > count('(') ? withoutTail(clean.slice(0, -1)) : clean;
}

function isAddress(text: string): boolean {
  try {
    return new URL(text).hostname !== '';
  } catch {
    return false;
  }
}

/** A flag, a key cap, or pictures joined to one, each perhaps with a skin tone (UTS #51). */
const PICTURE = String.raw`(?:(?!\p{RI})\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F?)\p{Emoji_Modifier}?\uFE0F?`;
const SIGN = String.raw`(?:\p{RI}\p{RI}|[0-9#*]\uFE0F\u20E3|${PICTURE}(?:\u200D${PICTURE})*)`;
const EMOJI_ONLY = new RegExp(String.raw`^\s*(?:${SIGN}\s*){1,3}$`, 'u');

/** Up to three emoji and nothing else: shown large. */
export function isEmojiOnly(text: string): boolean {
  return text.length <= 60 && EMOJI_ONLY.test(text);
}
