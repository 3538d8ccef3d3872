// SPDX-License-Identifier: Apache-2.0
// The tour's part in calls, and where the connection is lost.
import { callDialog, chooseConversation, control, incoming, region, say, startCall } from '../app.mjs';
import { openPage, until } from '../browser.mjs';
import { PASSWORD } from '../people.mjs';
import { actor, LOOKS } from '../scene.mjs';

export async function calls(browser, daemon, admin, user, stop) {
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
	await sharp(admin);
	await stop('call', admin.page);
	await stop('call-customer', user.page);
	await control(admin, 'Mute').click();
	await control(admin, 'Reactions').click();
	await stop('call-reactions', admin.page);
	await admin.page.keyboard.press('Escape');
	await control(admin, 'Camera and sound').click();
	await stop('call-devices', admin.page);
	await callDialog(admin).getByRole('button', { name: 'Continue on another device' }).click();
	await admin.page.locator('.cf-qr svg').waitFor();
	await stop('call-handover', admin.page);
	await admin.page.keyboard.press('Escape');
	await control(admin, 'Unmute').click();
	await around(admin, user, stop);
	await small(admin, stop);
	await presenting(admin, user, stop);
	await three(browser, daemon, admin, user, stop);
	await control(admin, 'Leave call').click();
	await admin.page.getByRole('region', { name: 'Call ended' }).waitFor();
	await admin.page.getByRole('region', { name: 'Call ended' }).hover();
	await stop('call-ended', admin.page);
	await admin.page.getByRole('region', { name: 'Call ended' }).getByRole('button', { name: 'Close' }).click();
	await control(user, 'Leave call').click();
	const card = user.page.getByRole('region', { name: 'Call ended' });
	await card.getByRole('radio', { name: 'All right' }).check({ force: true });
	await card.getByRole('textbox', { name: /What was wrong/ }).waitFor();
	await stop('call-rated', user.page);
	await card.getByRole('button', { name: 'Close' }).click();
}

/** What is around the pictures: the conversation, and who else may come. */
async function around(admin, user, stop) {
	const chat = (person) => callDialog(person).getByRole('complementary', { name: 'Chat' });
	await control(admin, 'Chat').click();
	await chat(admin).getByRole('textbox', { name: 'Message' }).fill('I send you the label in a minute.');
	await chat(admin).getByRole('button', { name: 'Send' }).click();
	await callDialog(user).getByRole('button', { name: /^Chat/ }).click();
	await chat(user).getByRole('log').getByText('I send you the label in a minute.').waitFor();
	await stop('call-chat', admin.page);
	await stop('call-chat-customer', user.page);
	for (const person of [admin, user]) await chat(person).getByRole('button', { name: 'Close the chat' }).click();
	await control(admin, 'Add people').click();
	await callDialog(admin).getByRole('button', { name: /^Call / }).first().waitFor();
	await stop('call-add-people', admin.page);
	await admin.page.keyboard.press('Escape');
}

/** The pictures of others are there, and as sharp as they get in a while. */
async function sharp(person) {
	const videos = callDialog(person).locator('.cf-tile video');
	await videos.first().waitFor();
	const widths = () => videos.evaluateAll((all) => all.map((video) => video.videoWidth));
	await until('a picture', widths, (all) => all.every((width) => width > 0), 30000);
	await until('a sharp picture', widths, (all) => all.every((width) => width >= 1200), 12000).catch(() => {});
}

async function small(admin, stop) {
	await control(admin, 'Make the call small').click();
	await stop('call-small', admin.page);
	await control(admin, 'Make the call large').click();
}

async function presenting(admin, user, stop) {
	await control(user, 'Share screen').click();
	await region(admin, "Sam Rivera's screen").waitFor({ timeout: 60000 });
	await region(admin, "Sam Rivera's screen").locator('video').waitFor();
	await until('the screen', () => region(admin, "Sam Rivera's screen").locator('video').evaluate((video) => video.videoWidth), (width) => width > 0, 30000);
	await stop('call-screen', admin.page);
	await stop('call-sharing', user.page);
	await control(user, 'Stop sharing').click();
}

/** A colleague comes in: a grid, and who speaks large. */
async function three(browser, daemon, admin, user, stop) {
	const kenji = await openPage(browser, daemon.url, { init: actor(LOOKS.kenji) });
	await kenji.page.getByLabel('User ID').fill('kenji');
	await kenji.page.getByLabel('Password').fill(PASSWORD);
	await kenji.page.getByRole('button', { name: 'Sign in' }).click();
	await kenji.page.getByRole('link', { name: 'Calls' }).click();
	const live = kenji.page.getByRole('region', { name: /^Live calls/ });
	await live.getByText('Sam Rivera').first().waitFor();
	await until('how well they are connected', () => live.getByText(/Excellent|Good/).count(), (count) => count >= 2, 30000).catch(() => {}); // a busy machine's may stay poor
	await stop('calls-live', kenji.page);
	await kenji.page.getByRole('link', { name: 'Chat', exact: true }).click();
	await chooseConversation(kenji, 'Sam Rivera');
	await startCall(kenji);
	await region(admin, 'Kenji Mori').waitFor({ timeout: 60000 });
	await sharp(admin);
	await stop('call-grid', admin.page);
	await control(admin, 'Show who speaks large').click();
	await sharp(admin);
	await stop('call-speaker', admin.page);
	await control(admin, 'Show everybody alike').click();
	await control(kenji, 'Leave call').click();
	await region(admin, 'Kenji Mori').waitFor({ state: 'detached' });
	await kenji.context.close();
}

/** A page of a browser where the app was installed, or notifications are on: a worker answers when the server does not. */
async function withWorker(browser, daemon) {
	const { page } = await openPage(browser, daemon.url);
	await page.evaluate(() => navigator.serviceWorker.register('/sw.js'));
	await until('the worker is in charge', () => page.evaluate(() => navigator.serviceWorker.controller !== null), Boolean);
	return page;
}

export async function trouble(browser, daemon, admin, stop) {
	await admin.page.getByRole('link', { name: 'Calls' }).click();
	await admin.page.getByRole('region', { name: 'Past calls' }).getByRole('table').waitFor();
	await stop('calls-past', admin.page);
	await stop('calls-whole', admin.page, { whole: true });
	await admin.page.getByRole('link', { name: 'Chat', exact: true }).click();
	await chooseConversation(admin, 'Sam Rivera');
	await admin.page.getByRole('log').getByText('Video call').waitFor();
	const offline = await withWorker(browser, daemon);
	daemon.kill();
	await admin.page.getByText('Connection lost. Reconnecting…').waitFor();
	await stop('reconnecting', admin.page);
	await say(admin, 'Then until Thursday. I bring the gasket.');
	await admin.page.getByRole('log').getByText('Waiting for the connection').waitFor();
	await stop('unsent', admin.page, { once: true });
	await offline.reload();
	await offline.getByRole('heading', { name: 'Confab cannot be reached' }).waitFor();
	await stop('offline', offline);
}
