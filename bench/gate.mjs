// SPDX-License-Identifier: Apache-2.0
//
// `node bench/load.mjs --gate`: whether Confab costs at most twice the bare reference server, on a machine that others use,
// too. The two take turns, and only their ratio within a round counts, which a slow machine changes least. A round whose
// loader or servers did not get the processor, or lost packets, is void and is repeated with half as many viewers: a slow
// core may have no room for 400. Two good rounds pass, three bad ones fail; when the machine never gives enough valid ones,
// the result is void, which is neither.

export const LIMIT = 2.0; // times the bare server's CPU per forwarded packet
export const ROUNDS_MAX = 6;
export const VIEWERS = 400;
export const VIEWERS_LEAST = 100;
const PASSES = 2;
const FAILS = 3;
const LOADER_SHARE = 0.85; // it spins: less of its core means that somebody else had it
const LOADER_BUSY = 0.97; // more, and the loader may be what is slow
const LOSS = 0.01;

/** Why figures of a server are void; '' = they are not. */
export function voidBecause(figures) {
  if (figures.loader_share < LOADER_SHARE) return `the loader had ${(100 * figures.loader_share).toFixed(0)} % of its core`;
  if (figures.loader_busy > LOADER_BUSY) return `the loader was busy for ${(100 * figures.loader_busy).toFixed(0)} % of the time`;
  if (figures.loss > LOSS) return `${(100 * figures.loss).toFixed(1)} % of the packets were lost`;
  if (figures.streams_silent > 0) return `${figures.streams_silent} streams were silent`;
  if (!(figures.us_per_forwarded_packet > 0)) return 'there is no figure of its processor time';
  return '';
}

/** One round of both: {ratio}, or {why} it is void. A server that fails beside a bare one that does not has no finite cost. */
export function judgeRound(confab, bare) {
  if (bare.error) return { why: `bare: ${bare.error}` };
  const why = [['bare', bare], ...(confab.error ? [] : [['confab', confab]])].map(([name, f]) => [name, voidBecause(f)]).find(([, w]) => w);
  if (why) return { why: why.join(': ') };
  return { ratio: confab.error ? Infinity : confab.us_per_forwarded_packet / bare.us_per_forwarded_packet };
}

/** `measure(server, viewers)` gives the loader's figures. 'passed', 'failed' or 'void'; says each round as it ends. */
export async function runGate(measure, say) {
  let good = 0;
  let bad = 0;
  let viewers = VIEWERS;
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    const confab = await measure('confab', viewers);
    const bare = await measure('bare', viewers);
    const { ratio, why } = judgeRound(confab, bare);
    if (why) {
      say(`round ${round}: void with ${viewers} viewers, ${why}`);
      viewers = Math.max(VIEWERS_LEAST, viewers / 2);
      continue;
    }
    say(confab.error
      ? `round ${round}: confab with ${viewers} viewers: ${confab.error}`
      : `round ${round}: ${ratio.toFixed(2)} times the bare server (${confab.us_per_forwarded_packet.toFixed(2)} and ${bare.us_per_forwarded_packet.toFixed(2)} CPU-µs per forwarded packet at 1:${viewers}; the loader busy for ${[confab, bare].map((f) => `${(100 * f.loader_busy).toFixed(0)} %`).join(' and ')})`);
    if (ratio <= LIMIT) good++;
    else bad++;
    if (good === PASSES) return 'passed';
    if (bad === FAILS) return 'failed';
  }
  return 'void';
}
