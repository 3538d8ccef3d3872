// SPDX-License-Identifier: Apache-2.0
// A line on which every answer and every event is late by chance: `SLOW_LINE=700 python3 tools/run_tests.py --only e2e` finds what a
// test, or the product, takes for granted because it mostly comes first. Not a stage of its own: some tests are about time.

/** Runs in the page, before its own scripts. Answers may overtake each other, the messages of one socket do not. */
export function slowLine(upTo) {
	const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
	const byChance = () => Math.random() * upTo;
	const straight = window.fetch;
	window.fetch = async (...args) => {
		const answer = await straight(...args);
		await sleep(byChance());
		if (args[1]?.signal?.aborted) throw args[1].signal.reason;
		return answer;
	};
	const listen = WebSocket.prototype.addEventListener;
	const last = new WeakMap(); // of each socket: its last event, when that is due, and when it was told
	WebSocket.prototype.addEventListener = function (type, listener, options) {
		const late = (event) => {
			if (type === 'open') return listener.call(this, event); // its listener listens for the first message
			const before = last.get(this) ?? { due: 0, told: undefined };
			const due = Math.max(before.due, Date.now() + (type === 'message' ? byChance() : 0));
			const told = Promise.all([before.told, sleep(due - Date.now())]).then(() => listener.call(this, event));
			last.set(this, { due, told: told.catch(() => {}) });
		};
		return listen.call(this, type, typeof listener === 'function' ? late : listener, options);
	};
	for (const type of ['open', 'message', 'error', 'close']) {
		const handlers = new WeakMap();
		Object.defineProperty(WebSocket.prototype, `on${type}`, {
			get() {
				return handlers.get(this) ?? null;
			},
			set(handler) {
				if (!handlers.has(this)) this.addEventListener(type, (event) => handlers.get(this)?.call(this, event));
				handlers.set(this, handler);
			},
		});
	}
}
