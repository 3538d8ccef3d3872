// SPDX-License-Identifier: Apache-2.0
// What the team sees of the server: what its webhooks delivered, and that its disk is full, on whatever page they are.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { say, signInByLink } from '../lib/app.mjs';
import { launchChromium, until } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { smallDisk } from '../lib/disk.mjs';

const receiver = { answer: 200, types: [] };
let server, disk, daemon, browser, admin, user;
before(async () => {
	server = http.createServer(async (request, response) => {
		const chunks = [];
		for await (const chunk of request) chunks.push(chunk);
		response.writeHead(receiver.answer).end();
		const { type } = JSON.parse(Buffer.concat(chunks));
		// that a message has arrived at the team (message.read) comes when it comes
		if (receiver.answer === 200 && type !== 'message.read') receiver.types.push(type);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	disk = await smallDisk(24);
	daemon = await startConfabd({ data: path.join(disk.folder, 'data'), prefix: disk.prefix, args: ['--disk-floor', '0', '--event-webhook', `http://me:hush@127.0.0.1:${server.address().port}/in?key=hush`] }); // no floor: files may fill the disk
	browser = await launchChromium();
	admin = await signInByLink(browser, daemon.links.admin);
	user = await signInByLink(browser, daemon.links.user);
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
	await disk?.remove();
	server?.closeAllConnections();
	server?.close();
});

const fits = async (page) => {
	const { width, inner } = await page.evaluate(() => ({ width: document.documentElement.scrollWidth, inner: window.innerWidth }));
	assert.ok(width <= inner, `nothing sticks out: ${width} of ${inner}`);
};

test('webhooks: what waits and why, sent now, sent again, and a test', { timeout: 120000 }, async () => {
	const { page } = admin;
	await page.getByRole('link', { name: 'Calls', exact: true }).click();
	const hooks = page.getByRole('region', { name: 'Webhooks' });
	await hooks.getByText('Nothing was sent yet.').waitFor();

	receiver.answer = 503;
	await say(user, 'Is anybody there?');
	const row = hooks.getByRole('row').filter({ hasText: 'message.new' });
	await row.getByText('Waiting').waitFor({ timeout: 30000 });
	await row.getByText('503').waitFor();
	await until('the time of the next attempt', () => row.innerText(), (text) => /next at \d/.test(text), 30000);
	// not before the button is pressed: the server tries again by itself, too, and would be quicker than the button
	await page.route('**/api/v1/operator/webhooks/**', (route) => {
		receiver.answer = 200;
		return route.continue();
	});
	await row.getByRole('button', { name: 'Send now: message.new' }).click();
	await row.getByText('Delivered', { exact: true }).waitFor({ timeout: 30000 });
	await page.unroute('**/api/v1/operator/webhooks/**');

	const came = [...receiver.types];
	await row.getByRole('button', { name: 'Send again: message.new' }).click();
	await page.getByRole('status').filter({ hasText: 'It is on its way again' }).waitFor();
	await until('it came once more', () => receiver.types.join(), (types) => types === [...came, 'message.new'].join(), 30000);
	await hooks.getByRole('button', { name: 'Send a test event' }).click();
	await hooks.getByRole('row').filter({ hasText: 'webhook.test' }).getByText('Delivered', { exact: true }).waitFor({ timeout: 30000 });
	assert.equal(receiver.types.at(-1), 'webhook.test');
	assert.ok(!(await page.content()).includes('hush'), 'nothing secret is shown');

	await hooks.scrollIntoViewIfNeeded();
	await admin.screenshot('webhooks');
	await page.setViewportSize({ width: 390, height: 844 });
	await hooks.getByRole('button', { name: 'Send a test event' }).scrollIntoViewIfNeeded();
	await admin.screenshot('webhooks-phone');
	await fits(page);
	await page.setViewportSize({ width: 1280, height: 800 });
	admin.assertQuiet();
});

const banner = (person) => person.page.getByText('The server’s disk is full');

test('a full disk: above every page of the team, and gone when there is room again; customers read of their own message only', { timeout: 120000 }, async () => {
	const { page } = admin;
	await page.getByRole('link', { name: 'Chat', exact: true }).click();
	// a live region speaks only when it was there before its text
	const place = page.locator('.app-warnings');
	assert.deepEqual([await place.getAttribute('aria-live'), await place.innerText()], ['polite', '']);
	disk.fill(200000);
	const status = await user.page.evaluate(async () => {
		const { user: me } = await (await fetch('/api/auth/session')).json();
		const body = new Uint8Array(3 << 20).fill(7);
		return (await fetch(`/api/v1/conversations/${me.id}/attachments?name=x`, { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body })).status;
	});
	assert.equal(status, 507);
	await banner(admin).waitFor({ timeout: 30000 });
	await admin.screenshot('warning-disk');
	await page.getByRole('link', { name: 'Look at the server' }).click();
	for (const name of ['Calls', 'Team', 'Settings']) {
		await page.getByRole('link', { name, exact: true }).click();
		await page.getByRole('heading', { level: 1, name }).waitFor();
		assert.ok(await banner(admin).isVisible(), name);
	}
	await page.setViewportSize({ width: 390, height: 844 });
	await admin.screenshot('warning-disk-phone');
	await fits(page);

	await page.reload(); // who comes now is told, too
	await banner(admin).waitFor();
	assert.equal(await user.page.locator('.app-warnings').count(), 0);

	disk.free();
	await banner(admin).waitFor({ state: 'detached', timeout: 30000 });
	admin.assertQuiet();
});
