// SPDX-License-Identifier: Apache-2.0
// A program built with libconfab (test/lib/talk.c) as a person: commands go in, what happens comes out.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { buildFolder, root } from './confabd.mjs';
import { mediaToken } from './rtc.mjs';

// another build of the programs alone, for instance one with ThreadSanitizer
export const programs = path.resolve(root, process.env.CONFAB_CLIENT_BUILD ?? buildFolder);
/** What the other side of a call is, is the ordinary build's business: browsers are left out with another one. */
export const withBrowsers = !process.env.CONFAB_CLIENT_BUILD;

export const State = { idle: 1, ringing: 2, joining: 3, joined: 4, reconnecting: 5, reconnectingFailed: 8, left: 9 };
export const Code = { badInput: 4, auth: 5, notFound: 16, notAllowed: 17, tokenNotSet: 1001, network: 1003, left: 1004, notJoined: 1005 };

const running = new Set();
/** For `after`: a test that failed leaves programs behind, and the runner would wait for them. */
export const endAll = () => running.forEach((child) => child.kill());

/** Runs a program line by line, inside a network namespace if one is named. `lines` is what it has said so far; `until` waits for one that fits. */
export class Program {
	constructor(file, args, netns) {
		const command = [...(netns ? ['ip', 'netns', 'exec', netns] : []), path.join(programs, file), ...args];
		this.child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
		running.add(this.child);
		this.child.once('exit', () => running.delete(this.child));
		this.closed = once(this.child, 'close').then(([code, signal]) => (this.ended = { code, signal })); // after its last words
		this.lines = [];
		this.err = '';
		let rest = '';
		this.child.stdout.on('data', (chunk) => {
			const parts = (rest + chunk).split('\n');
			rest = parts.pop();
			this.lines.push(...parts.map((line) => this.read(line)));
		});
		this.child.stderr.on('data', (chunk) => (this.err += chunk));
	}
	read(line) {
		return line;
	}
	say(line) {
		this.child.stdin.write(`${line}\n`);
	}
	/** The first line from `from` on that fits; waits for it. */
	async until(fits, what, from = 0, ms = 30000) {
		const deadline = Date.now() + ms;
		for (;;) {
			const found = this.lines.slice(from).find(fits);
			if (found !== undefined) return found;
			if (this.ended || Date.now() > deadline) {
				assert.fail(`${what} did not come; there was\n${this.lines.map((line) => JSON.stringify(line)).join('\n')}\n${this.err}`);
			}
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}
	async end() {
		this.child.stdin.end();
		const { code } = await this.closed;
		assert.equal(code, 0, this.err);
		assert.doesNotMatch(this.err, /Sanitizer|runtime error/);
	}
}

export class Talk extends Program {
	constructor(url, { ownLoop = false, reconnectSeconds = 0, netns } = {}) {
		super('test/lib/talk', [url, String(reconnectSeconds), ...(ownLoop ? ['own-loop'] : [])], netns);
	}
	read(line) {
		return JSON.parse(line);
	}
	/** Gives a command and waits for its end: {code, message}. */
	async do(line, ms) {
		const from = this.lines.length;
		this.say(line);
		return this.until((l) => l.done === line.split(' ')[0], `the end of ${line.slice(0, 40)}`, from, ms);
	}
	/** The same, and it must work. */
	async ok(line, ms) {
		const { code, message } = await this.do(line, ms);
		assert.equal(code, 0, `${line.slice(0, 40)}: ${message}`);
	}
	event(name, fits = () => true, from = 0, ms) {
		return this.until((l) => l.event === name && fits(l), `the event ${name}`, from, ms);
	}
	state(state, from = 0, ms) {
		return this.event('state', (l) => l.state === state, from, ms);
	}
	get states() {
		return this.lines.filter((l) => l.event === 'state').map((l) => l.state);
	}
	async connect(id, token) {
		await this.ok(`token ${token}`);
		await this.ok(`connect ${id}`);
	}
}

/**
 * A program in a room, by a media token alone. `name` and `grant` are the token's, `how` is said with the join; the other options are
 * the program's.
 */
export async function enterRoom(url, room, identity, { name, grant, how = '', ...options } = {}) {
	const t = new Talk('-', options);
	await t.ok(`call default ${room}`);
	await t.ok(`join ${url} ${await mediaToken(room, identity, { name, grant })} ${how}`.trim());
	return t;
}
