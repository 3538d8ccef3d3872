// SPDX-License-Identifier: Apache-2.0
/** Voice notes, in English; the widget says the same. */
export const voice = {
  record: 'Record a voice note',
  asking: 'Allow the microphone…',
  recording: 'Recording',
  stop: 'Stop recording',
  discard: 'Discard the recording',
  send: 'Send the voice note',
  note: (time: string) => `Voice note, ${time}`,
  preview: 'Voice note',
  play: 'Play',
  pause: 'Pause',
  position: 'Position',
  positionOf: (now: string, whole: string) => `${now} of ${whole}`,
  cannotPlay: 'This browser cannot play the voice note.',
  save: 'Save it',
  notSent: 'The voice note could not be sent. Try again.',
  problems: {
    denied: 'Your browser does not let this page use the microphone. Allow it in the address bar.',
    missing: 'No microphone was found.',
    insecure: 'Browsers give the microphone only to pages that are opened with https.',
    short: 'That was too short. Tap to begin and to end, or hold the button.',
    failed: 'The microphone could not be started.',
  },
};

export type VoiceMessages = typeof voice;
