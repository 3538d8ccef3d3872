// SPDX-License-Identifier: Apache-2.0
/*! uqr (https://github.com/unjs/uqr): Copyright (c) Project Nayuki, Copyright (c) 2023 Anthony Fu. MIT License, https://opensource.org/license/mit */
/** A QR code as one path of squares: a file of its own, fetched when a code is shown. */
import { encode } from 'uqr';

/** The white around it that readers need, in squares. */
const BORDER = 4;

export interface Drawn {
  /** Of the view box, both ways. */
  size: number;
  path: string;
}

export function drawn(text: string): Drawn {
  const { size, data } = encode(text, { ecc: 'M', border: BORDER });
  const runs = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size, path: runs.join('') };
}
