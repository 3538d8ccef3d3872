// SPDX-License-Identifier: Apache-2.0
// The chat widget on a page of another site, under a strict CSP: guests, customers whom the shop vouches for, reload,
// connection lost, files, keyboard, phone, languages.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { assertAccessible } from '../lib/accessible.mjs';
import { callDialog, chooseConversation, control, incoming, region, say, startCall } from '../lib/app.mjs';
import { assertVideoAdvances, openPage, until } from '../lib/browser.mjs';
import { apiKey, apiSecret, confab, root } from '../lib/confabd.mjs';
import { openShop, startShop } from '../lib/shop.mjs';
import { box, callTeam, callWindow, launcher, log, openChat, panel, write } from '../lib/widget.mjs';

let scene, daemon, shop, browser, admin, secret;
before(async () => {
	scene = await openShop();
	({ daemon, shop, browser, admin } = scene);
	secret = confab(['widget', 'secret', '--data', daemon.data], '', { CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret }).trim();
});
after(() => scene?.close());
afterEach(() => scene.rest());

const visit = (...how) => scene.visit(...how);
const hmac = (id) => crypto.createHmac('sha256', secret).update(id).digest('hex');
const customer = (id, name) => `data-user-id="${id}" data-user-hash="${hmac(id)}" data-user-name="${name}"`;
const receipt = (guest, name) => log(guest).getByRole('img', { name, exact: true });
const badge = (guest, n) => guest.page.getByRole('button', { name: `Open chat, ${n} new message${n > 1 ? 's' : ''}` });
const resolve = (person) => person.page.getByRole('button', { name: 'Resolve', exact: true }).click();
const stored = (guest) => guest.page.evaluate(() => ({ ...localStorage }));

test('a passer-by leaves nothing; a guest writes, is answered, and is there again after a reload', async () => {
	const guest = await visit();
	await openChat(guest);
	await guest.page.getByText('How can we help?').waitFor();
	await panel(guest).getByText('Online now').waitFor(); // the team is, and a passer-by sees it
	assert.deepEqual(await stored(guest), {}, 'looking alone makes no account');

	await write(guest, 'Is the blue teapot in stock?');
	await receipt(guest, 'Delivered').waitFor();
	await chooseConversation(admin, 'teapot');
	await admin.page.getByRole('log').getByText('Is the blue teapot in stock?').waitFor();
	await admin.page.bringToFront();
	await receipt(guest, 'Read').waitFor();

	await admin.page.getByRole('textbox', { name: 'Message' }).pressSequentially('Three', { delay: 20 });
	await panel(guest).getByText('is writing…').waitFor();
	await say(admin, 'Three are left.');
	await log(guest).getByText('Three are left.').waitFor();
	await box(guest).pressSequentially('I take', { delay: 20 });
	await admin.page.getByRole('status').getByText('is writing…').waitFor();
	await guest.screenshot('widget-chat');
	await assertAccessible(guest);

	await guest.page.reload();
	await panel(guest).waitFor();
	await log(guest).getByText('Three are left.').waitFor();
	assert.equal(await box(guest).inputValue(), 'I take', 'what was being written is there');
	await guest.page.getByRole('button', { name: 'Send' }).click();
	await admin.page.getByRole('log').getByText('I take').waitFor();
	assert.deepEqual(await guest.context.cookies(), [], 'no cookie, of the shop or of the server');
});

test('unread messages are counted on the button, told to the page, and gone once seen', async () => {
	const guest = await visit({ attributes: customer('unread', 'Una Red') });
	await guest.page.evaluate(() => {
		window.heard = [];
		window.Confab.on('unread', (n) => window.heard.push(n));
	});
	await openChat(guest);
	await write(guest, 'Where is my order?');
	await receipt(guest, 'Delivered').waitFor();
	await guest.page.keyboard.press('Escape');
	await chooseConversation(admin, 'Una Red');
	await say(admin, 'Your order has left.');
	await badge(guest, 1).waitFor();
	await say(admin, 'It comes on Friday.');
	await badge(guest, 2).waitFor();
	assert.deepEqual(await guest.page.evaluate(() => window.heard), [1, 2]);
	await guest.screenshot('widget-unread');
	await assertAccessible(guest);
	await guest.page.evaluate(() => window.Confab.open());
	await log(guest).getByText('It comes on Friday.').waitFor();
	await guest.page.bringToFront();
	await until('nothing is unread', () => guest.page.evaluate(() => window.heard.at(-1)), (n) => n === 0);
	await guest.page.evaluate(() => window.Confab.close());
	await guest.page.getByRole('button', { name: 'Open chat', exact: true }).waitFor();
});

test('a customer is the same person in every browser; whoever has no right hash is a stranger', async () => {
	const first = await visit({ attributes: customer('ann.lee', 'Ann Lee') });
	await openChat(first);
	await write(first, 'My order is number 17.');
	await receipt(first, 'Delivered').waitFor();
	const second = await visit({ attributes: customer('ann.lee', 'Ann Lee') });
	await openChat(second);
	await log(second).getByText('My order is number 17.').waitFor();

	const forger = await visit({ attributes: `data-user-id="ann.lee" data-user-hash="${hmac('somebody')}"` });
	await openChat(forger);
	await panel(forger).getByText('The chat could not be started.').waitFor();
	assert.ok(forger.lines.some((line) => /hash is not this user/.test(line)), 'the one who set it up reads why');
	assert.equal(await forger.page.getByText('number 17').count(), 0);
	forger.problems.splice(0); // the refused request

	await box(second).fill('half a secret');
	await second.page.locator('input[type=file]').setInputFiles({ name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('Dear shop') });
	await second.page.getByText('letter.txt').waitFor();
	await until('it is uploaded', () => second.page.getByRole('button', { name: 'Send' }).isEnabled(), Boolean); // or it is refused on its way, and the console says so
	await second.page.evaluate(() => {
		document.querySelector('[name=q]').focus();
		window.Confab.logout();
	});
	await second.page.getByText('How can we help?').waitFor();
	assert.equal(await second.page.getByText(/number 17|letter.txt/).count(), 0, 'nothing of her stays');
	assert.equal(await box(second).inputValue(), '', 'nor what she was writing');
	assert.equal(await second.page.evaluate(() => document.activeElement.name), 'q', 'the focus stays where it was');
	await second.page.evaluate((who) => window.Confab.identify(who), { id: 'ann.lee', hash: hmac('ann.lee') });
	await log(second).getByText('My order is number 17.').waitFor();
});

test('a page that is not on the list gets no chat, and is told why', async () => {
	const other = await startShop();
	try {
		other.set(daemon.url);
		const guest = await openPage(browser, other.origin);
		scene.guests.push(guest);
		await openChat(guest);
		await write(guest, 'Hello?');
		await panel(guest).getByText('The chat could not be started.').waitFor();
		assert.ok(guest.lines.some((line) => line.includes(`may not be shown on ${other.origin}`)));
		guest.problems.splice(0); // the refused request
	} finally {
		other.close();
	}
});

test('files go both ways', async () => {
	const guest = await visit({ attributes: customer('filer', 'Fay Iler') });
	await openChat(guest);
	await guest.page.locator('confab-widget input[type=file]').setInputFiles([
		{ name: 'turned.jpg', mimeType: 'image/jpeg', buffer: fs.readFileSync(path.join(root, 'test/vectors/pictures/turned.jpg')) },
		{ name: 'order.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 order') },
	]);
	await panel(guest).getByRole('list', { name: 'Attached files' }).getByText('order.pdf').waitFor();
	await until('both are sent', () => guest.page.getByRole('button', { name: 'Send' }).isEnabled(), Boolean);
	await guest.page.getByRole('button', { name: 'Send' }).click();
	await log(guest).getByRole('img', { name: 'Picture: turned.jpg' }).waitFor();
	await until('it is shown', () => log(guest).getByRole('img', { name: 'Picture: turned.jpg' }).evaluate((image) => image.naturalWidth), (n) => n > 0);
	await chooseConversation(admin, 'Fay Iler');
	await admin.page.getByRole('log').getByRole('link', { name: /order.pdf/ }).waitFor();
	await admin.page.locator('input[type=file]').setInputFiles({ name: 'invoice.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 invoice') });
	await until('the invoice is sent', () => admin.page.getByRole('button', { name: 'Send' }).isEnabled(), Boolean);
	await admin.page.getByRole('button', { name: 'Send' }).click();
	await log(guest).getByRole('link', { name: /invoice.pdf/ }).waitFor();
	await guest.page.locator('confab-widget input[type=file]').setInputFiles({ name: 'huge.bin', mimeType: 'x/y', buffer: Buffer.alloc(10 * 1024 * 1024 + 1) });
	await guest.page.getByText('huge.bin is larger than 10 MB.').waitFor();
	await guest.screenshot('widget-files');
	await assertAccessible(guest);
});

test('what is written without a connection goes when it is back, also by somebody new', async () => {
	const guest = await visit();
	await openChat(guest);
	await guest.context.setOffline(true);
	await write(guest, 'first words, from a tunnel');
	await panel(guest).getByText('We cannot be reached right now.').waitFor();
	await guest.context.setOffline(false);
	await receipt(guest, 'Delivered').waitFor({ timeout: 60000 });
	await guest.context.setOffline(true);
	await write(guest, 'and another tunnel');
	await panel(guest).getByText('Waiting for the connection').waitFor({ timeout: 60000 });
	await panel(guest).getByText('Connection lost. Reconnecting…').waitFor({ timeout: 60000 });
	assert.equal(await panel(guest).getByText('Online now').count(), 0, 'who is there is not known');
	await guest.screenshot('widget-offline');
	await assertAccessible(guest);
	await guest.context.setOffline(false);
	await panel(guest).getByText('Waiting for the connection').waitFor({ state: 'detached', timeout: 60000 });
	await chooseConversation(admin, 'another tunnel');
	await admin.page.getByRole('log').getByText('first words, from a tunnel').waitFor();
	guest.problems.splice(0); // requests that failed without a network
});

test('by keyboard: in, write, out, and the focus is where it was', async () => {
	const guest = await visit();
	await launcher(guest).focus();
	await guest.page.keyboard.press('Enter');
	await until('the text box has the focus', () => box(guest).evaluate((area) => area.getRootNode().activeElement === area), Boolean);
	await guest.page.keyboard.type('keys only');
	await guest.page.keyboard.press('Enter');
	await log(guest).getByText('keys only').waitFor();
	await guest.page.keyboard.press('Escape');
	await panel(guest).waitFor({ state: 'detached' });
	assert.ok(await launcher(guest).evaluate((button) => button.getRootNode().activeElement === button), 'focus is back');
});

test('links and the ring around what has the focus are seen with any accent colour, light and dark', async () => {
	const guest = await visit();
	await openChat(guest);
	await box(guest).focus();
	const found = await guest.page.evaluate(() => {
		const host = document.querySelector('confab-widget');
		const [area, ground, send] = ['textarea', '.panel', '.send'].map((name) => getComputedStyle(host.shadowRoot.querySelector(name)));
		const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
		const light = (colour) => {
			canvas.fillStyle = colour;
			canvas.fillRect(0, 0, 1, 1);
			const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((n) => (n / 255 <= 0.04045 ? n / 255 / 12.92 : ((n / 255 + 0.055) / 1.055) ** 2.4));
			return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
		};
		const contrast = (a, b) => Math.max(light(a), light(b)) / Math.min(light(a), light(b));
		const all = [];
		for (const theme of ['light', 'dark']) {
			for (const accent of ['#0f766e', '#7a3e1d', '#f2c14e', '#ffff00', '#00ff00', '#0000ff', '#ff00ff', '#e91e63', '#888', '#fff', '#000']) {
				host.dataset.theme = theme;
				host.style.setProperty('--confab-accent', accent);
				all.push({ theme, accent, width: area.outlineWidth, ring: contrast(area.outlineColor, ground.backgroundColor), link: contrast(send.color, ground.backgroundColor) });
			}
		}
		return all;
	});
	assert.equal(found.length, 22);
	assert.deepEqual(found.filter(({ width, ring, link }) => width !== '3px' || ring < 3 || link < 4.5), []);
	assert.ok(new Set(found.map(({ ring }) => ring.toFixed(2))).size > 6, 'the ring follows the accent');
});

test("the page's styles stay out, the widget's stay in", async () => {
	const html = '<button id="own">Mine</button>';
	const guest = await visit({ html, csp: '' });
	await guest.page.addStyleTag({ content: '*, button { color: red !important; display: block; font-size: 40px; margin: 30px }' });
	await openChat(guest);
	const close = panel(guest).getByRole('button', { name: 'Close chat' });
	const look = await close.evaluate((element) => ({ size: getComputedStyle(element).fontSize, width: element.offsetWidth, margin: getComputedStyle(element).margin }));
	assert.deepEqual(look, { size: '15px', width: 44, margin: '0px' });
	assert.equal(await guest.page.locator('#own').evaluate((element) => getComputedStyle(element).fontSize), '40px');
});

test('on a phone it fills the screen, everything can be pressed, and Tab stays inside', async () => {
	const guest = await visit({ attributes: customer('phone', 'Phoebe One') }, { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
	await openChat(guest);
	await write(guest, 'From my phone');
	await receipt(guest, 'Delivered').waitFor();
	assert.deepEqual(await panel(guest).boundingBox(), { x: 0, y: 0, width: 375, height: 667 });
	const small = await panel(guest).locator('button').evaluateAll((buttons) => buttons.map((b) => [b.getAttribute('aria-label') ?? b.textContent, b.getBoundingClientRect()]).filter(([, r]) => r.width < 44 || r.height < 44));
	assert.deepEqual(small, []);
	for (let i = 0; i < 12; i++) {
		await guest.page.keyboard.press('Tab');
		assert.ok(await guest.page.evaluate(() => document.activeElement?.localName === 'confab-widget'), 'the page behind is not reached');
	}
	await guest.screenshot('widget-phone');
});

test('once it is resolved, the guest is asked how it was, may say nothing, and the team reads where they are', async () => {
	const guest = await visit({ attributes: customer('rater', 'Rae Ter') });
	const form = guest.page.getByRole('form', { name: 'How was it?' });
	await openChat(guest);
	await write(guest, 'Is it dishwasher safe?');
	await receipt(guest, 'Delivered').waitFor();
	await chooseConversation(admin, 'Rae Ter');
	await say(admin, 'It is.');
	const side = admin.page.getByRole('complementary', { name: 'Customer' });
	await admin.page.getByRole('button', { name: 'Show customer' }).click();
	const page = () => side.getByRole('link').first().getAttribute('href');
	await until('the page', page, (href) => href === `${shop.origin}/`, 60000);
	await guest.page.evaluate(() => history.pushState({}, '', '/teapots?secret=1'));
	await write(guest, 'Thank you!');
	await until('the new page', () => admin.page.getByRole('log').getByText('Thank you!').count(), (n) => n > 0);
	await resolve(admin);
	await form.waitFor();
	await assertAccessible(guest);

	await form.getByRole('radio', { name: 'Very bad' }).focus();
	await guest.page.keyboard.press('Space');
	for (let i = 0; i < 3; i++) await guest.page.keyboard.press('ArrowRight');
	assert.ok(await form.getByRole('radio', { name: 'Good', exact: true }).isChecked(), 'by keyboard alone');
	await form.getByRole('textbox', { name: 'What should we know?' }).fill('Quick.');
	await assertAccessible(guest);
	await guest.screenshot('widget-rating');
	await guest.page.route('**/rating', (route) => route.abort());
	await form.getByRole('button', { name: 'Submit rating' }).click();
	await form.getByText('That could not be sent. Try again.').waitFor();
	await guest.page.unroute('**/rating');
	await form.getByRole('button', { name: 'Submit rating' }).click();
	await form.waitFor({ state: 'detached' });
	await panel(guest).getByText('Thank you for your answer.').waitFor();
	assert.ok(await box(guest).evaluate((area) => area.getRootNode().activeElement === area), 'the focus is not lost');
	await admin.page.getByRole('log').getByText('Rated 4 of 5: \u2068Quick.\u2069').waitFor();
	await until('the page, without what stands behind it', page, (href) => href === `${shop.origin}/teapots`, 60000);
	assert.equal(await log(guest).getByText('Rated').count(), 0);

	await write(guest, 'One more thing');
	await admin.page.getByRole('log').getByText('One more thing').waitFor(); // which opens it again, and takes the rating away
	await say(admin, 'Yes?');
	await resolve(admin);
	await form.getByRole('button', { name: 'Skip' }).click();
	await form.waitFor({ state: 'detached' });
	assert.equal(await panel(guest).getByText('Thank you for your answer.').count(), 0);
	await admin.page.getByRole('button', { name: 'Show customer' }).click();
	guest.problems.splice(0); // the rating that failed
});

test('the team calls: it rings over the page, and on a phone the call fills the screen', async () => {
	const guest = await visit({ attributes: customer('callee', 'Cal Lee') }, { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
	const ringing = guest.page.getByRole('dialog', { name: 'Incoming call' });
	await openChat(guest);
	await write(guest, 'Please call me.');
	await receipt(guest, 'Delivered').waitFor();
	await panel(guest).getByRole('button', { name: 'Close chat' }).click();
	await chooseConversation(admin, 'Cal Lee');

	await startCall(admin);
	await ringing.getByText('Alex Morgan is calling').waitFor();
	await guest.screenshot('widget-incoming-phone');
	await assertAccessible(guest);
	await ringing.getByRole('button', { name: 'Decline' }).click();
	await ringing.waitFor({ state: 'detached' });
	await callDialog(admin).getByText('Cal Lee declined the call').waitFor();
	await control(admin, 'Leave call').click();

	await startCall(admin);
	await ringing.getByRole('button', { name: 'Accept' }).click();
	await Promise.all([
		assertVideoAdvances(callWindow(guest).getByRole('region', { name: 'Alex Morgan', exact: true }), 10, 60000),
		assertVideoAdvances(region(admin, 'Cal Lee'), 10, 60000),
	]);
	const tile = callWindow(guest).getByRole('region', { name: 'Alex Morgan', exact: true });
	assert.equal(await tile.getByText('Connecting…').count(), 0, 'the picture is there');
	await control(admin, 'Turn camera off').click();
	await tile.locator('video').waitFor({ state: 'hidden' });
	await tile.getByText('AM', { exact: true }).waitFor();
	await guest.screenshot('widget-call-face-phone');
	await control(admin, 'Turn camera on').click();
	await assertVideoAdvances(tile, 5, 60000);
	const size = async () => (await callWindow(guest).boundingBox()).width;
	assert.equal(await size(), 375);
	assert.equal(await callWindow(guest).getByRole('button', { name: 'Picture in picture' }).count(), 1);
	const small = await callWindow(guest).locator('button').evaluateAll((buttons) => buttons.map((b) => [b.getAttribute('aria-label'), b.getBoundingClientRect()]).filter(([, r]) => r.width < 44 || r.height < 44));
	assert.deepEqual(small, []);
	await guest.screenshot('widget-call-phone');
	await assertAccessible(guest);
	await callWindow(guest).getByRole('button', { name: 'Open chat' }).click();
	await panel(guest).waitFor();
	await until('the call is small', size, (width) => width === 150);
	await guest.screenshot('widget-call-small-phone');
	await log(guest).getByText('Video call, declined').waitFor(); // not missed
	await callWindow(guest).getByRole('button', { name: 'Full size' }).click();
	await until('the call is large', size, (width) => width === 375);

	await control(admin, 'Leave call').click();
	await callWindow(guest).getByText('Alex Morgan left').waitFor();
	await callWindow(guest).waitFor({ state: 'detached', timeout: 60000 }); // by itself
	await log(guest).getByText('Video call', { exact: true }).waitFor();
	const after = guest.page.getByRole('region', { name: 'Call ended' });
	await after.getByText(/\d:\d\d/).waitFor();
	await after.getByRole('button', { name: 'Call again' }).waitFor();
	await after.getByRole('radio', { name: 'Bad', exact: true }).check({ force: true });
	await after.getByRole('textbox', { name: 'What was wrong? (optional)' }).fill('It was dark.');
	await assertAccessible(guest);
	await guest.screenshot('widget-call-rating-phone');
	await after.getByRole('button', { name: 'Send' }).click();
	await after.getByText('Thank you for your answer.').waitFor();
	await admin.page.getByRole('link', { name: 'Calls' }).click();
	await admin.page.getByRole('row').filter({ hasText: 'It was dark.' }).getByRole('img', { name: 'Bad', exact: true }).waitFor();
	await admin.page.goBack();
	await after.getByRole('button', { name: 'Close' }).click();
	await after.waitFor({ state: 'detached' });
});

test('a message of the team is reported, by keyboard, and the focus comes back', async () => {
	const guest = await visit({ attributes: customer('reporter', 'Ray Port') });
	await openChat(guest);
	await write(guest, 'Is anybody there?');
	await receipt(guest, 'Delivered').waitFor();
	await chooseConversation(admin, 'Ray Port');
	await say(admin, 'Go away.');
	const flag = log(guest).getByRole('button', { name: 'Report this message' });
	const form = guest.page.getByRole('form', { name: 'Report Alex Morgan’s message' });
	const hasFocus = (locator) => locator.evaluate((element) => element.getRootNode().activeElement === element);
	await flag.focus();
	assert.equal(await flag.evaluate((element) => getComputedStyle(element).opacity), '1', 'seen once it has the focus');
	await guest.page.keyboard.press('Enter');
	await form.getByText('Go away.').waitFor();
	await until('the field has the focus', () => hasFocus(form.getByRole('textbox')), Boolean);
	await guest.page.keyboard.press('Escape');
	await form.waitFor({ state: 'detached' });
	assert.ok(await panel(guest).isVisible(), 'Escape closes the form alone');
	assert.ok(await hasFocus(flag));
	await guest.page.keyboard.press('Enter');
	await form.getByRole('textbox').fill('This is rude.');
	await assertAccessible(guest);
	await guest.screenshot('widget-report');
	await form.getByRole('button', { name: 'Report' }).click();
	await panel(guest).getByText('The team was told').waitFor();
	assert.ok(await hasFocus(flag));
	await admin.page.getByRole('link', { name: /Team/ }).click();
	await admin.page.getByRole('list', { name: 'Reported messages' }).getByText('This is rude.').waitFor();
	await admin.page.goBack();
	await flag.click();
	await form.getByRole('button', { name: 'Report' }).click();
	await panel(guest).getByText('You have reported this message before').waitFor();
	assert.equal(await log(guest).getByRole('button', { name: 'Report this message' }).count(), 1, 'nobody reports themselves');
});

test('who calls may think better of it', async () => {
	const guest = await visit();
	await openChat(guest);
	await callTeam(guest);
	await incoming(admin).waitFor({ timeout: 60000 });
	await callWindow(guest).getByText('Calling Support…').waitFor();
	assert.equal(await callWindow(guest).getByRole('timer').count(), 0, 'ringing is no talk');
	await guest.screenshot('widget-calling');
	await assertAccessible(guest);
	await callWindow(guest).getByRole('button', { name: 'Leave call' }).click();
	await incoming(admin).waitFor({ state: 'detached' });
	await log(guest).getByText('Video call, cancelled').waitFor();
});

test('a call whose code cannot be fetched is told of', async () => {
	const guest = await visit();
	await guest.page.route('**/widget/CallLayer-*', (route) => route.abort());
	await guest.page.evaluate(() => window.Confab.call());
	await panel(guest).getByText('The call could not be started').waitFor();
	guest.problems.splice(0); // the request that failed
});

test('what the server refuses is said in plain words: a call, a file', async () => {
	const guest = await visit({ attributes: `data-lang="de" data-lobby="off" ${customer('refused', 'Rita')}` });
	const refuse = (url, status, code, message) =>
		guest.page.route(url, (route) => route.fulfill({ status, json: { code, message }, headers: { 'access-control-allow-origin': '*' } }));
	await refuse('**/join', 503, 61, 'This server is full right now.');
	await refuse('**/attachments?*', 507, -1, 'All files take 10.0 MB of 10.0 MB: the operator can allow more (--storage-total).');
	await guest.page.evaluate(() => window.Confab.call());
	const call = guest.page.getByRole('dialog', { name: 'Videoanruf' });
	await call.getByText('Gerade laufen zu viele Anrufe.').waitFor();
	await guest.screenshot('widget-call-refused');
	await assertAccessible(guest);
	await call.getByRole('button', { name: 'Nachricht hinterlassen' }).click();
	await guest.page.locator('confab-widget input[type=file]').setInputFiles({ name: 'order.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 order') });
	await panel(guest, 'Kundendienst').getByText('Dafür ist kein Platz mehr.').waitFor();
	await guest.screenshot('widget-file-refused');
	guest.problems.splice(0); // the requests that failed
});

test('German, and Arabic from right to left, in the dark', async () => {
	const german = await visit({ attributes: `data-lang="de-AT" ${customer('deutsch', 'Dora')}` });
	await german.page.getByRole('button', { name: 'Chat öffnen' }).click();
	await panel(german, 'Kundendienst').getByText('Wie können wir helfen?').waitFor();
	await german.page.getByRole('textbox', { name: 'Nachricht' }).fill('Wo bleibt mein Paket?');
	await german.page.getByRole('button', { name: 'Senden' }).click();
	await german.page.getByRole('img', { name: 'Zugestellt' }).waitFor();
	await chooseConversation(admin, 'Dora');
	await say(admin, 'Es kommt am Freitag.');
	await log(german, 'Unterhaltung').getByText('Es kommt am Freitag.').waitFor();
	await resolve(admin);
	await german.page.getByRole('form', { name: 'Wie war es?' }).waitFor();
	await german.page.getByRole('button', { name: 'Bewertung senden' }).waitFor();
	await german.screenshot('widget-german');
	const arabic = await visit({ attributes: 'data-lang="ar" data-theme="dark" data-side="start" data-accent="#f2c14e"' });
	await arabic.page.getByRole('button', { name: 'افتح المحادثة' }).click();
	await panel(arabic, 'الدعم').waitFor();
	assert.equal(await panel(arabic, 'الدعم').evaluate((element) => getComputedStyle(element).direction), 'rtl');
	await arabic.page.getByRole('textbox', { name: 'الرسالة' }).fill('مرحبا');
	await arabic.page.getByRole('button', { name: 'أرسل' }).click();
	await arabic.page.getByRole('img', { name: 'سُلّمت' }).waitFor();
	await arabic.screenshot('widget-arabic');
	await assertAccessible(arabic);
});

test('the demo shop of the server itself', async () => {
	const guest = await openPage(browser, `${daemon.url}/demo/shop.html`);
	scene.guests.push(guest);
	await guest.page.getByRole('button', { name: 'Ask about it' }).first().click();
	await write(guest, 'Does it hold water?');
	await receipt(guest, 'Delivered').waitFor();
	await guest.screenshot('widget-demo');
});
