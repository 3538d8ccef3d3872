// SPDX-License-Identifier: Apache-2.0
import { useEffect } from 'react';
import { useSounds } from '../context.tsx';
import { playTone, type Tone } from './tone.ts';

/** Plays while `tone` is given and the provider has its sounds on. */
export function useTone(tone: Tone | undefined): void {
  const sounds = useSounds();
  useEffect(() => (tone && sounds ? playTone(tone) : undefined), [tone, sounds]);
}
