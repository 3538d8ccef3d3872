// SPDX-License-Identifier: Apache-2.0
// Every screen and state of the web app, one after the other: for axe-core (test/e2e/axe.test.mjs) and for pictures
// (tools/screenshots.mjs). What is on screen is real: a daemon, people, messages, calls.
import assert from 'node:assert/strict';
import { callDialog, chooseConversation, control, incoming, region, say, signInByLink, startCall } from './app.mjs';
import { launchChromium, openPage } from './browser.mjs';
import { startConfabd } from './confabd.mjs';
import { addPerson } from './people.mjs';

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** Everybody looks on with a clock and pictures that are the same in every run. */
const PEOPLE = {
	maria: ['Maria Lindqvist', ['Hello! My order 4711 has not arrived yet.', 'Could you have a look?']],
	omar: ['عمر الفاروق', ['مرحبًا، هل يمكنني تغيير عنوان التسليم؟']],
	longname: ['Friederike-Alexandra von Hohenstein-Wolkenbruch zu Unterammergau', ['https://shop.example/a/very/long/address/that/does/not/break/anywhere?because=there-is-no-space-in-it']],
	kenji: ['Kenji', ['👍']],
};

/** Puts the page into a language and colours while it is open, the way another tab's settings would. */
export async function dress(page, { language = 'en', theme = 'system' } = {}) {
	await page.evaluate((chosen) => {
		const key = 'confab.preferences';
		const value = JSON.stringify({ ...JSON.parse(localStorage.getItem(key) ?? '{}'), ...chosen });
		localStorage.setItem(key, value);
		window.dispatchEvent(new StorageEvent('storage', { key, newValue: value }));
	}, { language, theme });
	await page.waitForFunction(([lang, wanted]) => document.documentElement.lang === lang && document.documentElement.dataset.theme === (wanted === 'system' ? undefined : wanted), [language, theme]);
}


/**
 * Calls `visit(name, page)` in every state; it may change the window, the language and the colours, which are put back
 * after it. `only`: part of a state's name. `args`: more flags of the browser.
 */
export async function tour(visit, { only, args } = {}) {
	const daemon = await startConfabd();
	const browser = await launchChromium({ fps: 10, args });
	const stop = async (name, page) => {
		if (only && !name.includes(only)) return;
		await visit(name, page);
		await page.setViewportSize(DESKTOP);
		await dress(page);
	};
	try {
		await signedOut(daemon, browser, stop);
		const admin = await signInByLink(browser, daemon.links.admin);
		const user = await signInByLink(browser, daemon.links.user);
		await messenger(daemon, admin, user, stop);
		await pages(admin, stop);
		await calls(admin, user, stop);
		await trouble(daemon, admin, stop);
	} finally {
		await browser.close();
		await daemon.stop().catch((error) => {
			if (!daemon.child.killed) throw error; // the last state is a server that is gone
		});
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
	await page.route('**/api/auth/session', (route) => route.abort());
	await page.reload();
	await page.getByRole('button', { name: 'Try again now' }).waitFor();
	await stop('server-unreachable', page);
	await context.close();
}

async function messenger(daemon, admin, user, stop) {
	await user.page.getByText('How can we help?').waitFor();
	await stop('customer-empty', user.page);
	await stop('team-empty', admin.page);
	for (const [id, [name, texts]] of Object.entries(PEOPLE)) {
		const person = await addPerson(daemon, id, 'user', name);
		for (const [i, text] of texts.entries()) {
			const { status } = await person.call('POST', `/api/v1/conversations/${id}/messages`, { text, client_id: `${id}-${i}` });
			assert.equal(status, 201);
		}
	}
	await say(user, 'Good morning! The espresso machine I bought drips. Can we look at it together?');
	await stop('team-list', admin.page);
	await chooseConversation(admin, 'Sam Rivera');
	await say(admin, 'Of course. Press the camera button whenever it suits you.');
	await say(user, 'Give me five minutes to clear the table, please 😀');
	await admin.page.getByRole('log').getByText('Give me five minutes').waitFor();
	await react(admin, 'Give me five minutes');
	await admin.page.getByRole('button', { name: 'Write a private note' }).click();
	await say(admin, 'Same model as last week: the gasket.');
	await admin.page.getByRole('button', { name: 'Write a private note' }).click();
	await attach(user, 'receipt.pdf', '%PDF-1.4\n%%EOF\n', 'Here is the receipt');
	await admin.page.getByRole('log').getByText('Here is the receipt').waitFor();
	await stop('team-chat', admin.page);
	await stop('customer-chat', user.page);
	await openMenu(admin, 'Give me five minutes');
	await stop('message-menu', admin.page);
	await admin.page.keyboard.press('Escape');
	await admin.page.getByRole('searchbox', { name: 'Search' }).fill('order');
	await admin.page.getByRole('heading', { name: 'Messages' }).waitFor();
	await stop('search', admin.page);
	await admin.page.getByRole('searchbox', { name: 'Search' }).fill('zeppelin');
	await admin.page.getByText('Nothing found').waitFor();
	await stop('search-nothing', admin.page);
	await admin.page.getByRole('searchbox', { name: 'Search' }).fill('');
	await chooseConversation(admin, 'Friederike');
	await stop('long-name', admin.page);
	await chooseConversation(admin, 'Sam Rivera');
}

async function openMenu(person, text) {
	const line = person.page.getByRole('log').locator('[data-message]').filter({ hasText: text }).last();
	await line.hover();
	await line.getByRole('button', { name: 'Message options' }).click();
	await person.page.getByRole('menu').waitFor();
}

async function react(person, text) {
	await openMenu(person, text);
	await person.page.getByRole('menuitem', { name: 'React with 👍' }).click();
}

async function attach(person, name, content, text) {
	await person.page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
	await person.page.getByRole('list', { name: 'Attached files' }).getByText(name).waitFor();
	await say(person, text);
}

/** Pages of the team besides the chat. */
async function pages(admin, stop) {
	await admin.page.getByRole('link', { name: 'Calls' }).click();
	await admin.page.getByText('Nobody is in a call').waitFor();
	await stop('calls-empty', admin.page);
	await admin.page.getByRole('link', { name: 'Settings' }).click();
	await admin.page.getByText('This device').waitFor();
	await stop('settings', admin.page);
	await admin.page.keyboard.press('?');
	await admin.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
	await stop('keys', admin.page);
	await admin.page.keyboard.press('Escape');
	await admin.page.getByRole('link', { name: 'Chat' }).click();
	await chooseConversation(admin, 'Sam Rivera');
}

async function calls(admin, user, stop) {
	await user.page.getByRole('button', { name: 'Check camera and sound' }).click();
	await user.page.getByRole('button', { name: 'Join now' }).waitFor();
	await stop('lobby', user.page);
	await user.page.keyboard.press('Escape');
	await startCall(user);
	await incoming(admin).waitFor();
	await callDialog(user).getByText('Calling Support…').waitFor();
	await stop('outgoing', user.page);
	await stop('incoming', admin.page);
	await incoming(admin).getByRole('button', { name: 'Accept' }).click();
	await region(admin, 'Sam Rivera').waitFor({ timeout: 60000 });
	await region(admin, 'Sam Rivera').locator('video').waitFor();
	await stop('call', admin.page);
	await control(admin, 'Mute').click();
	await control(admin, 'Reactions').click();
	await stop('call-reactions', admin.page);
	await admin.page.keyboard.press('Escape');
	await control(admin, 'Camera and sound').click();
	await stop('call-devices', admin.page);
	await admin.page.keyboard.press('Escape');
	await control(user, 'Share screen').click();
	await region(admin, "Sam Rivera's screen").waitFor({ timeout: 60000 });
	await stop('call-screen', admin.page);
	await stop('call-sharing', user.page);
	await control(user, 'Stop sharing').click();
	await control(admin, 'Make the call small').click();
	await stop('call-small', admin.page);
	await control(admin, 'Make the call large').click();
	await control(admin, 'Leave call').click();
	await admin.page.getByRole('region', { name: 'Call ended' }).waitFor();
	await admin.page.getByRole('region', { name: 'Call ended' }).hover();
	await stop('call-ended', admin.page);
	await admin.page.getByRole('region', { name: 'Call ended' }).getByRole('button', { name: 'Close' }).click();
	await control(user, 'Leave call').click();
}

async function trouble(daemon, admin, stop) {
	await admin.page.getByRole('link', { name: 'Calls' }).click();
	await admin.page.getByRole('table').waitFor();
	await stop('calls-past', admin.page);
	await admin.page.getByRole('link', { name: 'Chat' }).click();
	await chooseConversation(admin, 'Sam Rivera');
	await admin.page.getByRole('log').getByText('Video call').waitFor();
	daemon.kill();
	await admin.page.getByText('Connection lost. Reconnecting…').waitFor();
	await stop('reconnecting', admin.page);
}
