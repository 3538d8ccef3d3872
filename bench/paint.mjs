// SPDX-License-Identifier: Apache-2.0
// When somebody sees something, and when it can be used, on a processor that is slowed to a quarter: the sign-in page, the
// team's conversations, and the widget on a shop's page. usage: paint.mjs [rounds] (median; a fresh browser context each time)
import { chooseConversation, signInByLink } from '../test/lib/app.mjs';
import { launchChromium } from '../test/lib/browser.mjs';
import { startConfabd } from '../test/lib/confabd.mjs';
import { startShop } from '../test/lib/shop.mjs';

const rounds = Number(process.argv[2] ?? 5);
const SLOWDOWN = 4;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** In the page: the first contentful paint, and the end of the last task over 50 ms after which `there` holds. */
function measure() {
	window.figures = { longEnd: 0, usable: 0 };
	new PerformanceObserver((list) => {
		for (const task of list.getEntries()) window.figures.longEnd = Math.max(window.figures.longEnd, task.startTime + task.duration);
	}).observe({ type: 'longtask', buffered: true });
}

/**
 * Opens an address in a slowed page; `usable` is a selector of what one wants to use. `again`: as somebody who was here before,
 * when the service worker is in charge.
 */
async function open(browser, url, usable, { state, again = false }) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, storageState: state });
	const page = await context.newPage();
	const session = await context.newCDPSession(page);
	await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
	await page.addInitScript(measure);
	await page.addInitScript((selector) => {
		const look = () => {
			const host = document.querySelector('confab-widget');
			const found = document.querySelector(selector) ?? host?.shadowRoot?.querySelector(selector);
			if (found && found.getClientRects().length > 0) window.figures.usable = performance.now();
			else requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
	}, usable);
	if (again) {
		await page.goto(url);
		await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
		await page.goto('about:blank');
	}
	await page.goto(url, { waitUntil: 'commit' });
	await page.waitForFunction(() => {
		const { usable, longEnd } = window.figures;
		return usable > 0 && performance.now() > Math.max(usable, longEnd) + 500 && performance.getEntriesByName('first-contentful-paint').length > 0;
	});
	const figures = await page.evaluate(() => ({
		paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
		interactive: Math.max(window.figures.usable, window.figures.longEnd),
	}));
	return { page, context, figures };
}

async function row(name, browser, url, usable, { state, then, again } = {}) {
	const all = [];
	for (let i = 0; i < rounds; i++) {
		const { page, context, figures } = await open(browser, url, usable, { state, again });
		if (then) figures.then = await then(page);
		all.push(figures);
		await context.close();
	}
	const of = (key) => all.map((figures) => figures[key]);
	console.log(`${name.padEnd(44)} first paint ${median(of('paint')).toFixed(0).padStart(5)} ms   interactive ${median(of('interactive')).toFixed(0).padStart(5)} ms` +
		(then ? `   click to chat ${median(of('then')).toFixed(0)} ms` : '') + `   (worst ${Math.max(...of('paint')).toFixed(0)}, ${Math.max(...of('interactive')).toFixed(0)})`);
}

const shop = await startShop();
const daemon = await startConfabd({ args: ['--widget-origin', shop.origin] });
const browser = await launchChromium();
try {
	shop.set(daemon.url);
	const admin = await signInByLink(browser, daemon.links.admin);
	const user = await signInByLink(browser, daemon.links.user);
	await user.page.getByRole('textbox', { name: 'Message' }).fill('Good morning');
	await user.page.getByRole('button', { name: 'Send' }).click();
	await chooseConversation(admin, 'Sam Rivera');
	const state = await admin.context.storageState();
	const home = new URL(admin.page.url()).origin;
	await user.context.close();
	await admin.context.close();

	console.log(`processor slowed ${SLOWDOWN} times, median of ${rounds}`);
	await row('the sign-in page', browser, daemon.url, 'input[type=password]');
	await row("the team's conversations", browser, home, '[role=list] button, ul button', { state });
	await row('the same, the second time', browser, home, '[role=list] button, ul button', { state, again: true });
	await row('a shop with the widget', browser, shop.origin, '.launcher', {
		then: async (page) => {
			const start = await page.evaluate(() => performance.now());
			await page.locator('confab-widget .launcher').click();
			await page.locator('confab-widget textarea').waitFor();
			return (await page.evaluate(() => performance.now())) - start;
		},
	});
} finally {
	await browser.close();
	await daemon.stop();
	shop.close();
}
