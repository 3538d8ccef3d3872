// SPDX-License-Identifier: Apache-2.0
// Three kinds of clients behind one face: `driver.call(id, method, …)` does a method of page.mjs or node.mjs for the
// participant `id` of that client; `driver.close()` ends it and fails when it crashed or printed an error.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium, until } from '../browser.mjs';
import { root } from '../confabd.mjs';
import { launchFirefox } from '../firefox.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const files = {
	'/livekit-client.js': path.join(root, 'test/node_modules/livekit-client/dist/livekit-client.umd.js'),
	'/page.mjs': path.join(here, 'page.mjs'),
	'/pattern.mjs': path.join(here, 'pattern.mjs'),
	'/streams.mjs': path.join(here, 'streams.mjs'),
};
const html = '<!doctype html><link rel="icon" href="data:,"><body><script src="livekit-client.js"></script><script type="module" src="page.mjs"></script>';

/** Serves the page with livekit-client from an origin of its own: {url, close}. */
export async function servePage() {
	const server = http.createServer((request, response) => {
		const file = files[request.url];
		response.setHeader('content-type', file ? 'text/javascript' : 'text/html');
		response.end(file ? fs.readFileSync(file) : html);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** A page of playwright or puppeteer as a driver: both evaluate, and both report the console. */
async function browserDriver(kind, browser, page, url) {
	const problems = [];
	const at = () => new Date().toISOString().slice(11, 23);
	page.on('console', async (message) => {
		if (message.type() !== 'error') return;
		const args = await Promise.all(message.args().map((arg) => arg.jsonValue().catch(() => '?')));
		problems.push(`${at()} ${args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' ')}`);
	});
	page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
	await page.goto(url);
	await until(`${kind}: the page`, () => page.evaluate(() => window.ready === true), Boolean);
	return {
		kind,
		problems,
		/** What is no fault: a track that was unpublished before the browser told of it is looked for in vain. */
		forgiven: [/could not find published track/],
		errors() {
			return problems.filter((text) => !this.forgiven.some((pattern) => pattern.test(text)));
		},
		call: (...args) => page.evaluate((list) => window.call(...list), args),
		async close() {
			await browser.close();
			assert.deepEqual(this.errors(), [], `${kind} printed errors`);
		},
	};
}

export async function chromiumDriver(url) {
	const browser = await launchChromium();
	return browserDriver('chromium', browser, await (await browser.newContext()).newPage(), url);
}

/** fakeTone: what its fake microphone plays, in hertz. */
export async function firefoxDriver(url, fakeTone) {
	const browser = await launchFirefox({ 'media.navigator.audio.fake_frequency': fakeTone });
	return browserDriver('firefox', browser, await browser.newPage(), url);
}

export async function nodeDriver({ netns } = {}) {
	const command = [...(netns ? ['ip', 'netns', 'exec', netns] : []), process.execPath, path.join(here, 'node.mjs')];
	const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], serialization: 'advanced' });
	const waiting = new Map();
	let [output, last, ended] = ['', 0, undefined];
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
	child.on('exit', (code, signal) => {
		ended = new Error(`the rtc-node process ended (code ${code}, signal ${signal})\n${output}`);
		for (const { reject } of waiting.values()) reject(ended);
	});
	const ready = new Promise((resolve) => child.on('message', (message) => {
		if (message.ready) return resolve();
		const { resolve: done, reject } = waiting.get(message.id);
		waiting.delete(message.id);
		return message.error === undefined ? done(message.result) : reject(new Error(message.error));
	}));
	await ready;
	return {
		kind: 'node',
		forgiven: [],
		errors: () => [],
		call: (...args) => new Promise((resolve, reject) => {
			if (ended) return reject(ended);
			waiting.set(++last, { resolve, reject });
			return child.send({ id: last, call: args });
		}),
		async close() {
			if (ended) throw ended;
			const exited = once(child, 'exit');
			child.disconnect();
			const timer = setTimeout(() => child.kill('SIGKILL'), 10000);
			await exited;
			clearTimeout(timer);
		},
	};
}
