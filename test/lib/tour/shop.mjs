// SPDX-License-Identifier: Apache-2.0
// The tour's part on a customer's site: the demo's shop with the widget, a guest in it, and their call.
import { callDialog, chooseConversation, control, incoming, say } from '../app.mjs';
import { openPage, until } from '../browser.mjs';
import { actor, LOOKS } from '../scene.mjs';
import { callWindow, lobby, write } from '../widget.mjs';

export async function shop(browser, daemon, admin, stop) {
	const guest = await openPage(browser, `${daemon.url}/demo/shop.html`, { init: actor(LOOKS.sam) });
	const { page } = guest;
	await page.getByRole('button', { name: /^Open chat/ }).waitFor();
	await stop('shop', page);
	await page.getByRole('button', { name: 'Ask about it' }).first().click();
	await page.getByRole('textbox', { name: 'Message' }).waitFor();
	await stop('shop-empty', page);
	await write(guest, 'Hello! Is the terracotta pot safe outside in winter?');
	await admin.page.getByRole('list', { name: 'Conversations' }).getByText('terracotta').waitFor();
	await chooseConversation(admin, 'terracotta');
	await say(admin, 'It is, down to −10 °C. Shall I show you how thick it is?');
	await page.getByRole('log').getByText('Shall I show you').waitFor();
	await write(guest, 'Yes please, I call you.');
	await admin.page.getByRole('log').getByText('I call you').waitFor();
	await stop('shop-chat', page);
	await away(guest, admin, stop);
	await page.getByRole('button', { name: 'Start video call' }).click();
	await until('oneself in the lobby', () => lobby(guest).locator('video').evaluate((video) => video.videoWidth), (width) => width > 0, 30000);
	await stop('shop-lobby', page);
	await lobby(guest).getByRole('button', { name: 'Call now' }).click();
	await incoming(admin).getByRole('button', { name: 'Accept' }).click();
	await callWindow(guest).getByText('Alex Morgan').first().waitFor({ timeout: 60000 });
	await callDialog(admin).getByRole('region').first().waitFor({ timeout: 60000 });
	const pictures = () => callWindow(guest).locator('.tile video').evaluateAll((all) => all.map((video) => (video.currentTime > 0 ? video.videoWidth : 0)));
	await until('the first picture of the other side', pictures, (all) => all.length > 0 && all.every((width) => width > 0), 30000);
	await stop('shop-call', page);
	await control(admin, 'Leave call').click();
	await admin.page.getByRole('region', { name: 'Call ended' }).getByRole('button', { name: 'Close' }).click();
	await admin.page.getByRole('button', { name: 'Resolve', exact: true }).click();
	await page.getByRole('form', { name: 'How was it?' }).waitFor();
	await stop('shop-rates', page, { once: true });
	await guest.context.close();
	await arabic(browser, daemon, stop);
	await nobody(browser, daemon, stop);
}

/** The chat is closed and something comes; then there is no network. */
async function away({ page, context }, admin, stop) {
	await page.getByRole('button', { name: 'Close chat' }).first().click();
	await say(admin, 'I am here until six.');
	await page.getByRole('button', { name: /^Open chat, 1 new/ }).waitFor();
	await stop('shop-unread', page, { pictures: true });
	await page.getByRole('button', { name: /^Open chat/ }).click();
	await page.getByRole('log').getByText('I am here until six.').waitFor();
	await context.setOffline(true);
	await page.getByText('Connection lost').first().waitFor();
	await stop('shop-offline', page, { pictures: true });
	await context.setOffline(false);
	await page.getByText('Connection lost').first().waitFor({ state: 'detached' });
}

/** The same page where people read from right to left. */
async function arabic(browser, daemon, stop) {
	const { page, context } = await openPage(browser, 'about:blank');
	await page.route('**/demo/shop.html', async (route) => {
		const response = await route.fetch();
		await route.fulfill({ response, body: (await response.text()).replace('<html lang="en">', '<html lang="ar" dir="rtl">') });
	});
	await page.goto(`${daemon.url}/demo/shop.html`);
	await page.locator('confab-widget .launcher').waitFor();
	await page.getByRole('button', { name: 'Ask about it' }).first().click();
	await page.locator('confab-widget .composer textarea').waitFor();
	await stop('shop-rtl', page, { pictures: true });
	await context.close();
}

/** Nobody of the team is there: how soon they usually answer. The server says that after five first replies of a month. */
async function nobody(browser, daemon, stop) {
	const { page, context } = await openPage(browser, 'about:blank');
	await page.route('**/api/v1/widget/team', (route) => route.fulfill({ json: { online: false, usual_reply: 'hours' } }));
	await page.goto(`${daemon.url}/demo/shop.html`);
	await page.getByRole('button', { name: /^Open chat/ }).click();
	await page.getByText(/usually/i).first().waitFor();
	await stop('shop-away', page, { pictures: true });
	await context.close();
}
