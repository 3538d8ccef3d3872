// SPDX-License-Identifier: Apache-2.0
// The sign-in page and the messenger are two programs in one window: what is chosen in one holds in the other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signInByLink } from '../lib/app.mjs';
import { launchChromium, openPage, until } from '../lib/browser.mjs';
import { confab, startConfabd } from '../lib/confabd.mjs';
import { dress } from '../lib/tour.mjs';

const PASSWORD = 'a long password';
let daemon, browser;
before(async () => {
	daemon = await startConfabd();
	confab(['user', 'add', 'dana', '--role', 'admin', '--name', 'Dana Fox', '--password-stdin', '--data', daemon.data], `${PASSWORD}\n`);
	browser = await launchChromium();
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
});

const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

async function signIn(page, [id, password, button], userId = 'dana') {
	await page.getByLabel(id).fill(userId);
	await page.getByLabel(password).fill(PASSWORD);
	await page.getByRole('button', { name: button }).click();
}

test('a language chosen in the settings is that of the sign-in page, and the other way round', async () => {
	const person = await signInByLink(browser, daemon.links.user);
	const { page } = person;
	await page.getByRole('link', { name: 'Settings' }).click();
	await page.getByRole('combobox', { name: 'Language' }).selectOption('de');
	await page.getByRole('button', { name: 'Abmelden' }).first().click();
	await heading(page, 'Anmelden');
	assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
	assert.equal(await page.getByRole('combobox').inputValue(), 'de');

	await page.getByRole('combobox').selectOption('en');
	await heading(page, 'Sign in');
	await signIn(page, ['User ID', 'Password', 'Sign in']);
	await page.getByRole('list', { name: 'Conversations' }).waitFor();
	await page.getByText('Dana Fox').first().waitFor();
	assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
	person.assertQuiet();
});

/** Notes from now on, at every change and before every paint, when the direction of the page is not that of its heading. */
const watchDirection = (page) =>
	page.evaluate(() => {
		window.askew = [];
		window.looks = 0;
		const look = () => {
			const words = document.querySelector('h1')?.textContent;
			if (!words) return;
			const { lang, dir } = document.documentElement;
			window.looks++;
			if ((dir === 'rtl') !== /\p{Script=Arabic}/u.test(words) || (dir === 'rtl') !== (lang === 'ar')) window.askew.push(`${lang} ${dir} ${words}`);
		};
		new MutationObserver(look).observe(document.documentElement, { attributes: true, childList: true, characterData: true, subtree: true });
		const paint = () => {
			look();
			requestAnimationFrame(paint);
		};
		paint();
	});

test('the page is never laid out in the direction of another language than that of its texts', async () => {
	const person = await signInByLink(browser, daemon.links.admin);
	const { page } = person;
	await page.getByRole('link', { name: 'Settings' }).click();
	await heading(page, 'Settings');
	await watchDirection(page);
	await page.getByRole('combobox', { name: 'Language' }).selectOption('ar');
	await heading(page, 'الإعدادات');
	await page.getByRole('combobox', { name: 'اللغة' }).selectOption('de');
	await heading(page, 'Einstellungen');
	// chosen in another tab, the colours with it
	const titles = { en: 'Settings', de: 'Einstellungen', ar: 'الإعدادات' };
	for (const choice of ['ar dark', 'en light', 'ar light', 'de dark', 'ar dark', 'en dark', 'ar light']) {
		const [language, theme] = choice.split(' ');
		await dress(page, { language, theme });
		assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), titles[language], 'the texts are there as soon as the document says so');
	}
	await page.locator('.app-top__out').click();
	await heading(page, 'تسجيل الدخول');
	await page.getByRole('combobox').selectOption('en');
	await heading(page, 'Sign in');
	const { askew, looks } = await page.evaluate(() => ({ askew: window.askew, looks: window.looks }));
	assert.deepEqual(askew, []);
	assert.ok(looks > 20, `looked ${looks} times`);
	person.assertQuiet();
});

test('the messenger is fetched when somebody writes a name, not before', async () => {
	const person = await openPage(browser, daemon.url);
	const { page } = person;
	const fetched = () => page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\/desk-/.test(name)));
	await heading(page, 'Sign in');
	assert.deepEqual(await fetched(), []);
	await page.getByLabel('User ID').fill('d');
	await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => /\/desk-.*\.js/.test(name)));
	await signIn(page, ['User ID', 'Password', 'Sign in']);
	await page.getByRole('list', { name: 'Conversations' }).waitFor();
	person.assertQuiet();
});

const KEPT = async () => {
	let n = Object.keys(sessionStorage).filter((key) => key === 'confab-drafts').length;
	for (const { name } of await indexedDB.databases()) {
		const opened = await new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
		n += await new Promise((resolve) => (opened.transaction('messages').objectStore('messages').count().onsuccess = ({ target }) => resolve(target.result)));
		opened.close();
	}
	return n;
};

test('signed out in one tab, the others are at the sign-in page at once, without a network too, and nothing is left', async () => {
	const person = await openPage(browser, daemon.url);
	await signIn(person.page, ['User ID', 'Password', 'Sign in']);
	await person.page.getByRole('list', { name: 'Conversations' }).getByText('Sam Rivera').click();
	const other = await person.context.newPage();
	await other.goto(person.page.url());
	const write = other.getByRole('textbox', { name: 'Message' });
	await write.waitFor();
	await person.context.setOffline(true);
	await write.fill('for your eyes only');
	await write.press('Enter');
	await other.getByText('Waiting for the connection').waitFor();
	await write.fill('half a sen');
	await until('kept', () => other.evaluate(KEPT), (n) => n === 2);
	await person.page.getByRole('button', { name: 'Sign out' }).first().click();
	for (const page of [other, person.page]) await page.getByRole('button', { name: 'Sign in' }).waitFor({ timeout: 5000 });
	await other.getByText('You signed out in another tab.').waitFor();
	assert.equal(await person.page.getByText('in another tab').count(), 0);
	assert.ok(!other.url().includes('#'), other.url());
	await until('nothing is left', () => other.evaluate(KEPT), (n) => n === 0);
	await person.context.setOffline(false);
	await other.reload();
	await heading(other, 'Sign in');
	await person.context.close();
});

test('a messenger that cannot be fetched is said, and a new try has it', async () => {
	const person = await openPage(browser, daemon.url);
	const { page } = person;
	await page.route('**/assets/desk-*', (route) => route.abort());
	await signIn(page, ['User ID', 'Password', 'Sign in']);
	await heading(page, 'Confab could not connect');
	await page.unroute('**/assets/desk-*');
	await page.getByRole('button', { name: 'Try again now' }).click();
	await page.getByRole('list', { name: 'Conversations' }).waitFor();
	await person.context.close();
});
