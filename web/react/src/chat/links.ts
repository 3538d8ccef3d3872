// SPDX-License-Identifier: Apache-2.0
/**
 * The addresses in what people write, for app and widget. Whoever writes may be hostile: only http and https become links, what is
 * shown is where the link leads, and an address that is made to deceive stays plain text. Nothing is fetched: no previews.
 */

export interface Piece {
  /** To show. */
  readonly text: string;
  /** Set for an address. */
  readonly href?: string;
}

/** How every link to a stranger's page is opened: it learns nothing of this one and has no hold on it. */
export const LINK_REL = 'noopener noreferrer nofollow';

/**
 * Ends at white space, at what delimits addresses in plain text (RFC 3986 appendix C), at the brackets and full stops of scripts that
 * put no space there, and at anything invisible: direction marks and the like turn an address round for the eye.
 */
const ADDRESS = new RegExp(
  String.raw`\b(?:https?://|www\.)[^\s<>"\x60\\\x00-\x20\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3001\u3002\u3008-\u3011\u3164\ufe00-\ufe0f\ufeff\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\uff61\uffa0\ufff9-\ufffb]+`,
  'gi',
);
/** Ends a sentence, or a stretch of emphasis, rather than an address. */
const TRAILING = new Set(".,:;!?'*…،؛؟۔·’”»");
const OPENING: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** The text in pieces, in order; the text outside of links is complete. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    // part of something longer: an e-mail address, a path, a name
    if (/[\w@/.-]$/.test(text.slice(Math.max(0, match.index - 1), match.index))) continue;
    const address = withoutTail(match[0]);
    const link = linkOf(address);
    if (!link) continue;
    if (match.index > done) pieces.push({ text: text.slice(done, match.index) });
    pieces.push(link);
    done = match.index + address.length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}

/** "(see https://x.org/a_(b))." has a bracket of its own and one that belongs to the sentence. */
function withoutTail(address: string): string {
  const open: Record<string, number> = {};
  for (const char of address) {
    if ('([{'.includes(char)) open[char] = (open[char] ?? 0) + 1;
    const pair = OPENING[char];
    if (pair) open[pair] = (open[pair] ?? 0) - 1;
  }
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1] as string;
    const pair = OPENING[last];
    if (pair && (open[pair] ?? 0) < 0) open[pair] = (open[pair] ?? 0) + 1; // opened in the sentence
    else if (!TRAILING.has(last)) break;
  }
  return address.slice(0, end);
}

function linkOf(address: string): Piece | undefined {
  const bare = /^www\./i.test(address);
  const href = bare ? `https://${address}` : address;
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return undefined;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  // https://shop.example@evil.example/ leads to the second
  if (url.hostname === '' || url.username !== '' || url.password !== '') return undefined;
  if (bare && !/^www\.[^.]+\.[^.]/.test(url.hostname)) return undefined;
  const start = href.indexOf('//') + 2;
  const host = /^[^/?#]*/.exec(href.slice(start))?.[0] ?? '';
  const shown = isHonest(host, url) ? href : `${href.slice(0, start)}${url.host}${href.slice(start + host.length)}`;
  return { text: bare ? shown.slice('https://'.length) : shown, href };
}

/** Whether the host can be shown as it was written: else it is shown as the network sees it, xn--…. */
function isHonest(host: string, url: URL): boolean {
  if (host.toLowerCase() === url.host) return true;
  const name = host.replace(/:\d*$/, '').toLowerCase();
  if (/^[\x00-\x7f]*$/.test(name)) return name === url.hostname; // 127.1, %65xample: what it comes out as
  return name === name.normalize('NFC') && name.split('.').every(isHonestLabel);
}

/** Latin with the accents of European languages; not letters that only look like another one (ı, ĸ, ŀ, ŉ). */
const LATIN = /^[a-z0-9\u00df-\u00f6\u00f8-\u00ff\u0101-\u0130\u0132-\u0137\u0139-\u013f\u0141-\u0148\u014a-\u017e-]+$/;
/** Chinese and Japanese, which mix theirs; not with Latin, whose strokes some of theirs resemble. */
const EAST_ASIAN = /^[0-9\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー-]+$/u;
/** One script to a label (UTS #39, highly restrictive). */
const ONE_SCRIPT = ['Hangul', 'Arabic', 'Hebrew', 'Devanagari', 'Bengali', 'Tamil', 'Telugu', 'Gujarati', 'Gurmukhi', 'Kannada', 'Malayalam', 'Sinhala', 'Thai', 'Lao', 'Khmer', 'Georgian', 'Ethiopic'].map(
  (script) => new RegExp(String.raw`^[0-9\p{Script=${script}}\p{M}-]+$`, 'u'),
);
const CYRILLIC = /^[0-9\p{Script=Cyrillic}-]+$/u;
const GREEK = /^[0-9\p{Script=Greek}-]+$/u;
/** Nothing but letters that look Latin: аррӏе is not apple. */
const LOOKS_LATIN = /^[0-9асԁеһіјӏорԛѕԝхуъьҽпгѵѡαικνρυωηοτχϲϳ-]*$/u;

const isHonestLabel = (label: string): boolean =>
  LATIN.test(label) ||
  EAST_ASIAN.test(label) ||
  ONE_SCRIPT.some((script) => script.test(label)) ||
  ((CYRILLIC.test(label) || GREEK.test(label)) && !LOOKS_LATIN.test(label));
