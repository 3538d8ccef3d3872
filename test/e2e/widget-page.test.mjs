// SPDX-License-Identifier: Apache-2.0
// The widget on pages that do not make it easy: resets for everything, scripts that come late or twice, pages of one
// piece, a browser that keeps nothing, phones.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { chooseConversation } from '../lib/app.mjs';
import { until } from '../lib/browser.mjs';
import { openShop } from '../lib/shop.mjs';
import { box, launcher, log, openChat, panel, write } from '../lib/widget.mjs';

let scene;
before(async () => {
	scene = await openShop();
});
after(() => scene?.close());
afterEach(() => scene.rest());

const visit = (...how) => scene.visit(...how);
const delivered = (guest) => log(guest).getByRole('img', { name: 'Delivered', exact: true }).waitFor();
const addScript = ({ page }) => page.evaluate((src) => {
	const script = document.createElement('script');
	script.src = src;
	document.head.append(script);
	return new Promise((resolve) => script.addEventListener('load', resolve));
}, `${scene.daemon.url}/widget.js`);

test('resets for everything, and something over the whole page: it stays where it is, and on top', async () => {
	const reset = `<style>
		* { all: unset !important; display: none !important; direction: rtl !important; color: red !important }
		html, body, confab-widget, #over { display: block !important }
		#over { position: fixed !important; z-index: 9999999 !important; inset: 0 !important; background: white !important }
		confab-widget { opacity: 0 !important; pointer-events: none !important; transform: translateX(50px) !important; position: static !important }
	</style><div id="over"></div>`;
	const guest = await visit({ csp: '', html: reset });
	const { width, height } = guest.page.viewportSize();
	assert.deepEqual(await launcher(guest).boundingBox(), { x: width - 80, y: height - 80, width: 60, height: 60 });
	await openChat(guest);
	await write(guest, 'Everything is unset here.');
	await delivered(guest);
	const look = await guest.page.evaluate(() => {
		const { opacity, transform, direction } = getComputedStyle(document.querySelector('confab-widget'));
		return { opacity, transform, direction };
	});
	assert.deepEqual(look, { opacity: '1', transform: 'none', direction: 'ltr' });
	await guest.screenshot('widget-reset');
});

test('called before it is there, put in twice, taken away and put in again', async () => {
	const guest = await visit({ csp: '' }, {
		init: `if (top === window) {
			window.heard = [];
			window.Confab = function () { (window.Confab.q = window.Confab.q || []).push(arguments); };
			window.Confab('on', 'open', () => window.heard.push('open'));
			window.Confab('open');
		}`,
	});
	await panel(guest).waitFor();
	assert.deepEqual(await guest.page.evaluate(() => window.heard), ['open']);
	await write(guest, 'I am here before you.');
	await delivered(guest);
	await addScript(guest);
	await addScript(guest);
	assert.equal(await guest.page.locator('confab-widget').count(), 1);
	await guest.page.evaluate(() => window.Confab('close'));
	await panel(guest).waitFor({ state: 'detached' });
	await guest.page.evaluate(() => window.Confab('opne'));
	await until('a word of help', () => guest.lines.some((line) => line.includes('there is no "opne"')), Boolean);

	await guest.page.evaluate(() => window.Confab.destroy());
	await guest.page.locator('confab-widget').waitFor({ state: 'detached' });
	assert.equal(await guest.page.evaluate(() => typeof window.Confab), 'undefined');
	await addScript(guest);
	await guest.page.evaluate(() => window.Confab.open());
	await log(guest).getByText('I am here before you.').waitFor();
});

test('a page of one piece: the body is replaced, the address changes; the chat stays, and the team knows', async () => {
	const guest = await visit();
	await openChat(guest);
	await write(guest, 'Where am I?');
	await delivered(guest);
	await box(guest).fill('half a sen');
	await guest.page.evaluate(() => {
		const body = document.createElement('body');
		body.append('Another view');
		document.body = body;
		history.pushState({}, '', '/another/view');
	});
	await panel(guest).waitFor();
	assert.equal(await box(guest).inputValue(), 'half a sen');
	await guest.page.evaluate(() => { // as a framework does that draws all of the page anew
		const page = document.createElement('html');
		document.replaceChild(page, document.documentElement);
		setTimeout(() => page.append(document.createElement('head'), document.createElement('body')), 50);
	});
	await write(guest, 'Still here.');
	await log(guest).getByText('Still here.').waitFor();
	await guest.page.evaluate(() => history.pushState({}, '', '/a/third'));
	await chooseConversation(scene.admin, 'Still here.');
	await scene.admin.page.getByRole('button', { name: 'Show customer' }).click();
	const link = scene.admin.page.getByRole('complementary', { name: 'Customer' }).getByRole('link').first();
	await until('the page', () => link.getAttribute('href'), (href) => href?.endsWith('/a/third'), 60000);
	await scene.admin.page.getByRole('button', { name: 'Show customer' }).click();
});

test('a browser that keeps nothing: one can write and is answered, as long as the page is open', async () => {
	const guest = await visit({}, {
		init: `for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
			Object.defineProperty(window, name, { get() { throw new DOMException('The operation is insecure.', 'SecurityError'); } });
		}`,
	});
	await openChat(guest);
	await write(guest, 'Nothing stays of me.');
	await delivered(guest);
});

test('on a phone the page behind holds still, and the way back closes the chat', async () => {
	const guest = await visit({ html: '<div>tall</div>'.repeat(300) }, {
		viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true,
		init: 'window.CloseWatcher = class { constructor() { window.watcher = this; } destroy() { this.gone = true; } };',
	});
	const overflow = () => guest.page.evaluate(() => getComputedStyle(document.documentElement).overflowY);
	await openChat(guest);
	await until('it holds still', overflow, (value) => value === 'hidden');
	await guest.page.evaluate(() => window.watcher.onclose());
	await panel(guest).waitFor({ state: 'detached' });
	await until('it scrolls', overflow, (value) => value !== 'hidden');
	assert.ok(await guest.page.evaluate(() => window.watcher.gone));
});
