// SPDX-License-Identifier: Apache-2.0
// The moving picture that publishers send, and what a receiver reads from its pixels. Pure; used in pages and in Node.
//
// Thirds from top to bottom: twenty cells in two rows, black or white, that say the frame's number, who drew it and a
// check; three colours, in an order of the drawer's own; ten dark cells, of which one is bright and moves on with each
// frame. Everything is large, so that the lowest layer still tells it, and an old, mixed or damaged picture does not pass.
const CELLS = 10;
const NUMBER_BITS = 14; // 18 minutes at 15 frames a second
const colours = [
	[210, 40, 40],
	[40, 180, 40],
	[50, 50, 215],
];

const checkOf = (number, source) => (number ^ (number >> 4) ^ (number >> 8) ^ (number >> 12) ^ (source * 5)) & 15;

/** Draws frame `number` of `source` (0..2): paint(x, y, w, h, [r, g, b]) with everything relative to the size, 0..1. */
export function draw(number, source, paint) {
	const word = (number << 6) | (source << 4) | checkOf(number, source);
	for (let bit = 0; bit < 2 * CELLS; bit++) {
		const value = (word >> (2 * CELLS - 1 - bit)) & 1 ? 240 : 16;
		paint((bit % CELLS) / CELLS, bit < CELLS ? 0 : 1 / 6, 1 / CELLS, 1 / 6, [value, value, value]);
	}
	for (let i = 0; i < 3; i++) paint(i / 3, 1 / 3, 1 / 3, 1 / 3, colours[(i + source) % 3]);
	for (let i = 0; i < CELLS; i++) {
		const value = i === number % CELLS ? 240 : 30;
		paint(i / CELLS, 2 / 3, 1 / CELLS, 1 / 3, [value, value, value]);
	}
}

/** What a picture says: {number, source} or {bad: why}. sample(x, y) → [r, g, b] at a place, 0..1. */
export function read(sample) {
	const bright = (x, y) => sample(x, y).reduce((a, b) => a + b) / 3;
	let word = 0;
	for (let bit = 0; bit < 2 * CELLS; bit++) {
		const value = bright(((bit % CELLS) + 0.5) / CELLS, bit < CELLS ? 1 / 12 : 3 / 12);
		word = (word << 1) | Number(value > 128);
	}
	const number = word >> 6;
	const source = (word >> 4) & 3;
	if ((word & 15) !== checkOf(number, source)) return { bad: `cells ${word.toString(2).padStart(20, '0')} fail their check` };
	for (let i = 0; i < 3; i++) {
		const seen = sample((i + 0.5) / 3, 0.5);
		const main = (i + source) % 3;
		if (seen.some((value, channel) => channel !== main && value > seen[main] - 50)) return { bad: `colour ${i} of ${source} is ${seen.map(Math.round)}` };
	}
	for (let i = 0; i < CELLS; i++) {
		const lit = bright((i + 0.5) / CELLS, 5 / 6) > 128;
		if (lit !== (i === number % CELLS)) return { bad: `frame ${number} with cell ${i} ${lit ? 'bright' : 'dark'} below` };
	}
	return { number, source };
}

/** Looks at every picture of one track of one publisher, over switches of layer and new connections. */
export class Watcher {
	frames = 0;
	number = -1;
	source = -1;
	bad = 0;
	back = 0;
	problems = [];

	/** where: which subscription it came from, for the message. */
	see(width, height, sample, where) {
		const { number, source, bad } = read(sample);
		this.frames++;
		[this.width, this.height] = [width, height];
		if (bad) {
			this.bad++;
			this.#note(`${bad}, after frame ${this.number}, ${width}x${height} of ${where}`);
			return;
		}
		if (number < this.number) {
			this.back++;
			this.#note(`frame ${number} after ${this.number}, ${width}x${height} of ${where}`);
		}
		[this.number, this.source] = [number, source];
	}

	#note(text) {
		if (this.problems.length < 5) this.problems.push(text);
	}
}

/** A payload is told by its length and a sum, so that it need not be handed to the test. */
export const sum = (bytes) => bytes.reduce((total, byte, i) => (total * 31 + byte + i) >>> 0, 0);
export const payload = (length, seed) => Uint8Array.from({ length }, (_, i) => (i * 7 + seed * 13 + (i >> 8)) & 255);
