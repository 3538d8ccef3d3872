// SPDX-License-Identifier: Apache-2.0
/** Whether a message's text is nothing but a few emoji. */

/** A flag, a key cap, or pictures joined to one, each perhaps with a skin tone (UTS #51). */
const PICTURE = String.raw`(?:(?!\p{RI})\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F?)\p{Emoji_Modifier}?\uFE0F?`;
const SIGN = String.raw`(?:\p{RI}\p{RI}|[0-9#*]\uFE0F\u20E3|${PICTURE}(?:\u200D${PICTURE})*)`;
const EMOJI_ONLY = new RegExp(String.raw`^\s*(?:${SIGN}\s*){1,3}$`, 'u');

/** Up to three emoji and nothing else: shown large. */
export function isEmojiOnly(text: string): boolean {
  return text.length <= 60 && EMOJI_ONLY.test(text);
}

/** So much of a long message is shown. */
const BEGINNING = { letters: 1200, lines: 20 };
/** And this much more is shown with it: nobody presses a button for two words. */
const SPARE = 1.25;

/** The beginning of a text that is too long to stand in a conversation as a whole; undefined: it is not. Ends behind a word. */
export function beginningOf(text: string): string | undefined {
  const lines = text.split('\n');
  const tall = lines.length > BEGINNING.lines * SPARE;
  if (!tall && text.length <= BEGINNING.letters * SPARE) return undefined;
  const start = (tall ? lines.slice(0, BEGINNING.lines).join('\n') : text).slice(0, BEGINNING.letters);
  const word = start.length < BEGINNING.letters ? start : start.replace(/\s\S{0,60}$/, ''); // what is longer than that is no word
  return word.replace(/[\uD800-\uDBFF]$/, '').trimEnd();
}
