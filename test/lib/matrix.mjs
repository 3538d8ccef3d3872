// SPDX-License-Identifier: Apache-2.0
// Nine pairs: each of three kinds of clients publishes to each. Three participants (named as their kind) publish and
// see each other; a second one of each kind (chromium2, …) sees only its like. A scenario acts on publishers and then
// asks the same question about all pairs at once; what came out of each is kept for the table.
import assert from 'node:assert/strict';
import { RoomServiceClient } from 'livekit-server-sdk';
import { apiKey, apiSecret, startConfabd } from './confabd.mjs';
import { chromiumDriver, firefoxDriver, nodeDriver, servePage } from './participant/drivers.mjs';
import { mediaToken } from './rtc.mjs';

export const kinds = ['chromium', 'firefox', 'node'];
export const tones = { chromium: 600, firefox: 1100, node: 1900 };
/** Widths of the best and the least layer. rtc-node makes a smaller second one only above 960. */
export const widths = { chromium: [640, 320], firefox: [640, 320], node: [960, 320] };
/** libwebrtc without a page around it sends 3/4 or half of the size where it finds the processor too busy. */
const isWidth = (publisher, seen, wanted) => (publisher === 'node' ? [1, 3 / 4, 1 / 2] : [1]).some((part) => seen === wanted * part);
const room = 'matrix';
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Matrix {
	table = {};
	#reports = new Map();

	static async start(address, { single = false, args = [] } = {}) {
		const matrix = new Matrix();
		matrix.single = single;
		matrix.daemon = await startConfabd({ rtcIps: [address], args });
		matrix.rooms = new RoomServiceClient(matrix.daemon.url, apiKey, apiSecret);
		matrix.site = await servePage();
		const [chromium, firefox, node] = await Promise.all([chromiumDriver(matrix.site.url), firefoxDriver(matrix.site.url, tones.firefox), nodeDriver()]);
		matrix.drivers = { chromium, firefox, node };
		return matrix;
	}

	/** Ends everything; the first failure (a crash, an error on a console) is thrown in the end. */
	async stop() {
		const ends = await Promise.allSettled(Object.values(this.drivers ?? {}).map((driver) => driver.close()));
		this.site?.close();
		await this.daemon.stop();
		const failed = ends.find((end) => end.status === 'rejected');
		if (failed) throw failed.reason;
	}

	call(id, method, ...args) {
		return this.drivers[id.replace(/2$/, '')].call(id, method, ...args);
	}

	async connect(id, options = {}) {
		const token = await mediaToken(room, id, { grant: { canUpdateOwnMetadata: true } });
		return this.call(id, 'connect', this.daemon.wsUrl, token, { single: this.single, ...options });
	}

	/** Who receives from this publisher: one of each kind. */
	observers(publisher) {
		return kinds.map((kind) => (kind === publisher ? `${kind}2` : kind));
	}

	/** What a participant sees now; asked once for all who want it at the same time. */
	report(id) {
		if (!this.#reports.has(id)) {
			this.#reports.set(id, this.call(id, 'report').finally(() => this.#reports.delete(id)));
		}
		return this.#reports.get(id);
	}

	/** Waits until check(report of id) is true; it returns true, or what it saw instead. */
	async until(id, what, check, ms = 30000) {
		const deadline = Date.now() + ms;
		for (;;) {
			const seen = check(await this.report(id));
			if (seen === true) return;
			if (Date.now() > deadline) assert.fail(`${what} not within ${ms} ms: ${JSON.stringify(seen)?.slice(0, 700)}`);
			await pause(150);
		}
	}

	/**
	 * Asks check(publisher, observer) of all pairs at once; a text that it returns goes into the table (else "ok"), and a
	 * failure names the pairs. from: which publishers (all).
	 */
	async pairs(scenario, check, from = kinds) {
		const row = (this.table[scenario] ??= {});
		const failures = [];
		const start = Date.now();
		await Promise.all(from.flatMap((publisher) => this.observers(publisher).map(async (observer, i) => {
			const cell = `${publisher}>${kinds[i]}`;
			try {
				const said = await check(publisher, observer);
				if (row[cell] !== 'FAIL') row[cell] = typeof said === 'string' ? said : 'ok';
			} catch (error) {
				row[cell] = 'FAIL';
				failures.push(`${cell}: ${error.message}`);
			}
		})));
		row.seconds = (row.seconds ?? 0) + (Date.now() - start) / 1000;
		if (failures.length) assert.fail(`${new Date().toISOString().slice(11, 23)} ${scenario}\n  ${failures.join('\n  ')}`);
	}

	/** `count` more pictures than now, each right, none of them older than one before. */
	async pictures(publisher, observer, name, { count = 15, width, ms } = {}) {
		const key = `${publisher}/${name}`;
		const start = (await this.report(observer)).videos[key] ?? { frames: 0, number: -1, bad: 0, back: 0 };
		await this.until(observer, `${count} pictures of ${key}${width ? `, ${width} wide` : ''}`, ({ videos }) => {
			const now = videos[key];
			if (!now) return Object.keys(videos);
			return (now.frames >= start.frames + count && now.number > start.number && (!width || isWidth(publisher, now.width, width))) || now;
		}, ms).catch(async (error) => {
			throw new Error(`${error.message} ${JSON.stringify(await this.call(observer, 'inbound', key).catch(String))}`);
		});
		const now = (await this.report(observer)).videos[key];
		assert.equal(now.source, kinds.indexOf(publisher), 'the publisher in the picture');
		assert.deepEqual([now.bad - start.bad, now.back - start.back], [0, 0], `wrong and old pictures: ${JSON.stringify(now.problems)}`);
	}

	/** No picture comes any more. */
	async still(publisher, observer, name) {
		const frames = async () => (await this.report(observer)).videos[`${publisher}/${name}`]?.frames;
		for (let tries = 0; tries < 10; tries++) {
			const before = await frames();
			await pause(700);
			if ((await frames()) === before) return;
		}
		assert.fail(`pictures of ${publisher} go on`);
	}

	async tone(publisher, observer) {
		const [key, hertz] = [`${publisher}/mic`, tones[publisher]];
		await this.until(observer, `${hertz} Hz`, ({ audios }) => (audios[key] && audios[key].level > -60 && Math.abs(audios[key].hertz - hertz) < 40) || audios);
	}

	silence(publisher, observer) {
		return this.until(observer, 'silence', ({ audios }) => audios[`${publisher}/mic`].level < -60 || audios);
	}

	event(id, event, fields, from = 0) {
		return this.until(id, `${event} ${JSON.stringify(fields)}`, ({ events }) =>
			events.slice(from).some((e) => e.event === event && Object.entries(fields).every(([key, value]) => e[key] === value)) || events.slice(-6));
	}

	/** Data from publisher to observer alone: exactly the bytes, and the sender's name. */
	async message(publisher, observer, length, seed, lossy) {
		const sum = await this.call(publisher, 'sendData', length, seed, { lossy, to: [observer], topic: 'matrix' });
		await this.until(observer, `${length} bytes`, ({ data }) =>
			data.some((d) => d.from === publisher && d.sum === sum && d.length === length && d.lossy === lossy && d.topic === 'matrix') || data.slice(-5));
	}

	print(title) {
		const cells = kinds.flatMap((publisher) => kinds.map((observer) => `${publisher}>${observer}`));
		const short = (cell) => cell.replace(/chromium/g, 'Cr').replace(/firefox/g, 'Fx').replace(/node/g, 'Nd');
		const line = (name, values) => `# ${name.padEnd(30)} ${values.map((value) => value.padEnd(7)).join('')}`;
		console.log(line(title, [...cells.map(short), 's']));
		for (const [scenario, row] of Object.entries(this.table)) console.log(line(scenario, [...cells.map((cell) => row[cell] ?? '-'), row.seconds?.toFixed(1) ?? '']));
	}
}
