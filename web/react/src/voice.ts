// SPDX-License-Identifier: Apache-2.0
/** Recording and playing voice notes without React: a module of its own, so that the widget fetches it with the first of them. */
export { barsOf, type Bar } from './voice/bars.ts';
export { VoicePlayback, type PlaybackState, type VoiceNoteProps } from './voice/playback.ts';
export { VoiceRecorder, type Recording, type RecorderState } from './voice/recorder.ts';
