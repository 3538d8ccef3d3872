// SPDX-License-Identifier: Apache-2.0
// How slow the machine is at the moment. A bound in milliseconds says something about the product only where its
// processes get the processor when they want it; elsewhere it is stretched by as much as they had to wait for it.
import fs from 'node:fs';

/** What all threads together ran, and waited to run, in ns (schedstat; nothing where the kernel does not count). */
function counted() {
	let [ran, waited] = [0, 0];
	for (const process of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
		try {
			for (const thread of fs.readdirSync(`/proc/${process}/task`)) {
				const [run, wait] = fs.readFileSync(`/proc/${process}/task/${thread}/schedstat`, 'utf8').split(' ').map(Number);
				ran += run;
				waited += wait;
			}
		} catch {
			// it ended meanwhile
		}
	}
	return { ran, waited };
}

/** Begins to watch; what it returns says later by which factor (1 or more) things took longer than they should. */
export function watchMachine() {
	const from = counted();
	return () => {
		const now = counted();
		const ran = now.ran - from.ran;
		const waited = now.waited - from.waited;
		return ran > 0 && waited > 0 ? 1 + waited / ran : 1;
	};
}
