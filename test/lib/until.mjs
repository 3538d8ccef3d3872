// SPDX-License-Identifier: Apache-2.0
// How tests wait: for a condition, with a limit that a slow machine does not reach.
import assert from 'node:assert/strict';

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `check(value)` holds for a value made by `make`; fails with the last value seen. Looks each `every` ms. */
export async function until(what, make, check = Boolean, ms = 30000, every = 100) {
	const deadline = Date.now() + ms;
	for (;;) {
		const value = await make();
		if (check(value)) return value;
		if (Date.now() > deadline) assert.fail(`${what} did not happen in ${ms} ms; last seen: ${JSON.stringify(value)?.slice(0, 2000)}`);
		await pause(every);
	}
}
