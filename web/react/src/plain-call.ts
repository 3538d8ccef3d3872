// SPDX-License-Identifier: Apache-2.0
/** What needs no React and belongs to calls: apart from plain.ts, for bundlers fetch all of what a file names at once. */
export { browserKind } from './lobby/browserKind.ts';
export { showLevel } from './lobby/level.ts';
export { BARS_LIT, LINE_BARS, watchLine, type Line } from './lobby/line.ts';
export { playChime } from './sound/chime.ts';
export { playTone, type Tone } from './sound/tone.ts';
