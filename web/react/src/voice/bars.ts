// SPDX-License-Identifier: Apache-2.0
export interface Bar {
  /** In percent; silence is seen, too. */
  readonly height: number;
  readonly heard: boolean;
}

/** A waveform (a hex digit for each bar) as it is drawn; `heard` is the part that was played, 0 to 1. */
export function barsOf(waveform: string, heard: number): readonly Bar[] {
  return [...waveform].map((digit, i) => ({
    height: 12 + (88 * Number.parseInt(digit, 16)) / 15,
    heard: (i + 0.5) / waveform.length <= heard,
  }));
}
