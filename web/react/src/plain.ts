// SPDX-License-Identifier: Apache-2.0
/** What needs no React: for the widget, which is built without it. */
export { groupByDay, type Day, type Run } from './chat/groups.ts';
export { LINK_REL, linkify, type Piece } from './chat/links.ts';
export { isEmojiOnly } from './chat/text.ts';
export { badge, dayName, duration, fileSize, timeOfDay } from './format.ts';
export { grammar, isolate } from './messages/grammar.ts';
export { directionOf, type Language } from './messages/languages.ts';
export { holdToRecord } from './voice/hold.ts';
export { recordsVoice } from './voice/supported.ts';
export { hueOf, initialsOf } from './ui/initials.ts';
