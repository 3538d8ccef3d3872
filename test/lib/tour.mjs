// SPDX-License-Identifier: Apache-2.0
// Every screen and state of the web app, one after the other: for axe-core (test/e2e/axe.test.mjs) and for pictures
// (tools/screenshots.mjs). What is on screen is real: a daemon, people, messages, calls.
import { once } from 'node:events';
import http from 'node:http';
import { signInByLink } from './app.mjs';
import { launchChromium, openPage, until } from './browser.mjs';
import { startConfabd } from './confabd.mjs';
import { actor, LOOKS } from './scene.mjs';
import { failingDisk } from './disk.mjs';
import { busy } from './tour/busy.mjs';
import { calls, trouble } from './tour/calls.mjs';
import { care } from './tour/care.mjs';
import { colleagues } from './tour/colleagues.mjs';
import { messenger, pages } from './tour/desk.mjs';
import { addShop } from './tour/people.mjs';
import { shop } from './tour/shop.mjs';

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** On somebody else's site, and where the app could not be loaded, nothing is chosen: the browser's wishes count. */
const isBare = async (page) => page.url().includes('/demo/') || !(await page.locator('#root').count());

/** Puts the page into a language and colours while it is open, the way another tab's settings would. */
export async function dress(page, { language = 'en', theme = 'system' } = {}) {
	if (await isBare(page)) return page.emulateMedia({ colorScheme: theme === 'system' ? null : theme });
	await page.evaluate((chosen) => {
		const key = 'confab.preferences';
		const value = JSON.stringify({ ...JSON.parse(localStorage.getItem(key) ?? '{}'), ...chosen });
		localStorage.setItem(key, value);
		window.dispatchEvent(new StorageEvent('storage', { key, newValue: value }));
	}, { language, theme });
	await page.waitForFunction(([lang, wanted]) => document.documentElement.lang === lang && document.documentElement.dataset.theme === (wanted === 'system' ? undefined : wanted), [language, theme]);
}

/**
 * Calls `visit(name, page, { whole, once })` in every state; it may change the window, the language and the colours, which
 * are put back after it. `whole`: the state before it again, for the whole of a long page; `once`: made of the parts of
 * other states, with other words; `toasts`: a notice is what is looked at; `pictures`: for the pictures only. `only`: parts of states' names, with commas between. `args`: more flags of the browser.
 */
export async function tour(visit, { only, args } = {}) {
	const receiver = http.createServer((request, response) => request.resume().on('end', () => response.end())).listen(0, '127.0.0.1');
	await once(receiver, 'listening');
	const disk = failingDisk();
	const daemon = await startConfabd({ env: disk.env, args: ['--event-webhook', `http://127.0.0.1:${receiver.address().port}/orders/chat`] });
	const browser = await launchChromium({ fps: 10, args });
	const stop = async (name, page, kind = {}) => {
		if (only && !only.split(',').some((part) => name.includes(part))) return;
		if (!kind.toasts) await until('the toasts are gone', () => page.locator('.cf-toast').count(), (count) => count === 0, 30000); // of what was done a moment ago
		await visit(name, page, kind);
		await page.setViewportSize(DESKTOP);
		await dress(page);
	};
	try {
		await signedOut(daemon, browser, stop);
		const admin = await signInByLink(browser, daemon.links.admin, { init: actor(LOOKS.alex) });
		const user = await signInByLink(browser, daemon.links.user, { init: actor(LOOKS.sam) });
		await stop('customer-empty', user.page);
		await stop('team-empty', admin.page);
		const people = await addShop(daemon);
		await messenger(admin, user, people, stop);
		await busy(admin, user, people, disk, stop);
		await pages(admin, stop);
		await calls(browser, daemon, admin, user, stop);
		await care(admin, user, people, stop);
		await shop(browser, daemon, admin, stop);
		await colleagues(daemon, admin, stop);
		await trouble(browser, daemon, admin, stop);
	} finally {
		await browser.close();
		await daemon.stop().catch((error) => {
			if (!daemon.child.killed) throw error; // the last state is a server that is gone
		});
		disk.remove();
		receiver.closeAllConnections();
		receiver.close();
	}
}

async function signedOut(daemon, browser, stop) {
	const { page, context } = await openPage(browser, daemon.url);
	await page.getByRole('button', { name: 'Sign in' }).waitFor();
	await stop('sign-in', page);
	await page.getByLabel('User ID').fill('nobody');
	await page.getByLabel('Password').fill('wrong');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('alert').waitFor();
	await stop('sign-in-refused', page);
	await page.goto(`${daemon.url}/signin#used-long-ago`);
	await page.getByRole('alert').getByText('does not work any more').waitFor();
	await stop('sign-in-link', page, { once: true });
	await page.goto(`${daemon.url}/no/such-page.html`);
	await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
	await stop('not-found', page, { pictures: true });
	await page.goto(daemon.url);
	await page.route('**/api/auth/session', (route) => route.abort());
	await page.reload();
	await page.getByRole('button', { name: 'Try again now' }).waitFor();
	await stop('server-unreachable', page);
	await context.close();
}
