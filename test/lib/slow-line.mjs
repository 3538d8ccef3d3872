// SPDX-License-Identifier: Apache-2.0
// A line on which every answer and every event is late by chance: `SLOW_LINE=700 python3 tools/run_tests.py --only e2e` finds what a
// test, or the product, takes for granted because it mostly comes first. Not a stage of its own: some tests are about time.

/** Runs in the page, before its own scripts. Answers may overtake each other, the messages of one socket do not. */
export function slowLine(upTo) {
	const later = () => new Promise((resolve) => setTimeout(resolve, Math.random() * upTo));
	const straight = window.fetch;
	window.fetch = async (...args) => {
		const answer = await straight(...args);
		await later();
		if (args[1]?.signal?.aborted) throw args[1].signal.reason;
		return answer;
	};
	const listen = WebSocket.prototype.addEventListener;
	const order = new WeakMap(); // of each socket: when the last event is through
	WebSocket.prototype.addEventListener = function (type, listener, options) {
		const late = (event) => {
			const before = order.get(this) ?? Promise.resolve();
			const now = Promise.all([before, type === 'message' ? later() : undefined]).then(() => listener.call(this, event));
			order.set(this, now.catch(() => {}));
		};
		return listen.call(this, type, typeof listener === 'function' ? late : listener, options);
	};
	for (const type of ['open', 'message', 'error', 'close']) {
		const handlers = new WeakMap();
		Object.defineProperty(WebSocket.prototype, `on${type}`, {
			set(handler) {
				if (!handlers.has(this)) this.addEventListener(type, (event) => handlers.get(this)?.call(this, event));
				handlers.set(this, handler);
			},
		});
	}
}
