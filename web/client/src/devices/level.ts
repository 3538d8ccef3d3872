// SPDX-License-Identifier: Apache-2.0
/** How loud a track is, ten times a second, through the browser's Web Audio. */

export type LevelWatch = (track: MediaStreamTrack, tell: (level: number) => void) => () => void;

const EVERY_MS = 100;

/** Tells 0 (silence) to 1 (full scale, root mean square). Does nothing where there is no Web Audio. Returns the way to stop. */
export const watchLevel: LevelWatch = (track, tell) => {
  if (typeof AudioContext === 'undefined' || typeof MediaStream === 'undefined') return () => {};
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    tell(rootMeanSquare(samples));
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    void context.close().catch(() => {});
  };
};

export function rootMeanSquare(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}
