// SPDX-License-Identifier: Apache-2.0
/** Everything that voice notes need, a chunk of its own: fetched with the first that is recorded or shown. */
import shared from '@confab/react/voice.css';
import own from './voice.css';

export { VoiceRecorder } from '@confab/react/voice';
export { VoiceBar } from './VoiceBar.tsx';
export { VoiceNote } from './VoiceNote.tsx';
export const styles = `${shared}\n${own}`;
