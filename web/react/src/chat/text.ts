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
