// SPDX-License-Identifier: Apache-2.0
// Firefox with fake devices, in a network namespace (inside.mjs), and what tests ask of its pages. Elements are found by
// their accessible role and name, also inside the widget's shadow tree.
import assert from 'node:assert/strict';
import puppeteer from 'puppeteer-core';
import { until } from './browser.mjs';

/** prefs: more of about:config. */
export function launchFirefox(prefs = {}) {
	return puppeteer.launch({
		browser: 'firefox',
		executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
		headless: true,
		defaultViewport: { width: 1280, height: 800 },
		extraPrefsFirefox: {
			'media.navigator.streams.fake': true,
			'media.navigator.permission.disabled': true,
			'media.autoplay.default': 0,
			'media.autoplay.blocking_policy': 0,
			'media.peerconnection.ice.obfuscate_host_addresses': false,
			'media.gmp-manager.updateEnabled': false,
			'network.captive-portal-service.enabled': false,
			'network.connectivity-service.enabled': false,
			'app.update.enabled': false,
			...prefs,
		},
	});
}

/** Runs in the page: the elements of a role whose name fits, in the document and in open shadow trees. */
function findAll(role, name) {
	const implied = { button: 'button', textbox: 'textarea, input:not([type]), input[type=text]', img: 'img', link: 'a[href]', list: 'ul, ol', listitem: 'li', dialog: 'dialog' };
	const selector = [`[role="${role}"]`, ...(implied[role] ? implied[role].split(', ').map((tag) => `${tag}:not([role])`) : [])].join(',');
	const pattern = typeof name === 'string' ? undefined : name && new RegExp(name.source, name.flags);
	const nameOf = (element) => {
		const by = element.getAttribute('aria-labelledby');
		const text = element.getAttribute('aria-label') ?? (by ? element.getRootNode().getElementById(by)?.textContent : undefined) ?? element.getAttribute('alt')
			?? element.labels?.[0]?.textContent ?? element.textContent;
		return (text ?? '').trim();
	};
	const found = [];
	const look = (root) => {
		for (const element of root.querySelectorAll(selector)) {
			const visible = element.getClientRects().length > 0;
			if (visible && (name === undefined || (pattern ? pattern.test(nameOf(element)) : nameOf(element) === name))) found.push(element);
		}
		for (const element of root.querySelectorAll('*')) if (element.shadowRoot) look(element.shadowRoot);
	};
	look(document);
	return found;
}

export class Person {
	problems = [];

	/** Opens a page in a window of this browser's. */
	static async open(browser, url) {
		const person = new Person();
		person.page = await browser.newPage();
		// Every peer connection of the page, for getStats.
		await person.page.evaluateOnNewDocument(() => {
			const Original = window.RTCPeerConnection;
			window.peerConnections = [];
			window.RTCPeerConnection = class extends Original {
				constructor(...args) {
					super(...args);
					window.peerConnections.push(this);
				}
			};
		});
		person.page.on('console', (message) => message.type() === 'error' && person.problems.push(`console error: ${message.text()}`));
		person.page.on('pageerror', (error) => person.problems.push(`uncaught: ${error.message}`));
		await person.page.goto(url);
		return person;
	}

	/** The element of that role and name (a string, or a pattern), once it is there and can be seen; the last one when there are more. */
	async find(role, name, ms = 30000) {
		const wanted = name instanceof RegExp ? { source: name.source, flags: name.flags } : name;
		let handle;
		await until(`${role} ${name}`, async () => {
			const list = await this.page.evaluateHandle(findAll, role, wanted);
			handle = (await list.evaluateHandle((all) => all.at(-1))).asElement();
			return { there: !!handle, text: handle ? '' : await this.page.evaluate(() => document.body.innerText.slice(0, 1500)) };
		}, ({ there }) => there, ms);
		return handle;
	}

	async count(role, name) {
		const list = await this.page.evaluateHandle(findAll, role, name);
		return list.evaluate((all) => all.length);
	}

	/** Clicks on it as soon as it can be pressed: what is sent with a file waits for the file. */
	async press(role, name) {
		let element;
		await until(`${role} ${name} to press`, async () => {
			element = await this.find(role, name);
			return element.evaluate((one) => !one.disabled);
		});
		await element.click();
	}

	/** Writes into a text box, with real keys. */
	async type(text, name = 'Message') {
		await this.press('textbox', name);
		await this.page.keyboard.type(text);
	}

	async send(text) {
		await this.type(text);
		await this.press('button', 'Send');
	}

	/** Until the text is in an element of that role. */
	async sees(text, role = 'log', name = undefined) {
		// the element anew each time: the page may have put another one in its place
		await until(`"${text}"`, async () => (await this.find(role, name)).evaluate((log) => log.innerText), (all) => all.includes(text), 30000);
	}

	/** Decoded frames and audio energy of everything that comes in, and how many remote videos show a picture. */
	receives() {
		return this.page.evaluate(async () => {
			const sum = { frames: 0, energy: 0, pictures: 0 };
			for (const pc of window.peerConnections) {
				if (pc.connectionState === 'closed') continue;
				for (const report of (await pc.getStats()).values()) {
					if (report.type !== 'inbound-rtp') continue;
					if (report.kind === 'video') sum.frames += report.framesDecoded ?? 0;
					if (report.kind === 'audio') sum.energy += report.totalAudioEnergy ?? 0;
				}
			}
			for (const video of document.querySelectorAll('[role=dialog] section video, [role=dialog] [role=region] video')) {
				if (video.videoWidth > 0 && !video.paused) sum.pictures++;
			}
			return sum;
		});
	}

	assertQuiet() {
		assert.deepEqual(this.problems, []);
	}
}
