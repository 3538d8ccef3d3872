// SPDX-License-Identifier: Apache-2.0
// The messenger as two people use it: typing, ticks, replies, changes, reactions, notes, search; by mouse and by keyboard.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chooseConversation, say, signInByLink } from '../lib/app.mjs';
import { launchChromium, until } from '../lib/browser.mjs';
import { root, startConfabd } from '../lib/confabd.mjs';

/** How often the page made a sound: two notes each. */
const countNotes = `window.notes = 0; const { start } = OscillatorNode.prototype; OscillatorNode.prototype.start = function (...at) { window.notes++; return start.apply(this, at); };`;

let daemon, browser, admin, user, names;
before(async () => {
	daemon = await startConfabd();
	browser = await launchChromium();
	admin = await signInByLink(browser, daemon.links.admin, { init: countNotes });
	user = await signInByLink(browser, daemon.links.user);
	const name = (person) => person.page.evaluate(async () => (await (await fetch('/api/auth/session')).json()).user.name);
	names = { admin: await name(admin), user: await name(user) };
});
after(async () => {
	await browser.close();
	await daemon.stop();
});

const log = (person) => person.page.getByRole('log');
const box = (person) => person.page.getByRole('textbox', { name: 'Message' });
const gone = (locator) => locator.waitFor({ state: 'detached' });

/** Opens the menu of a message and chooses an entry. */
async function choose(person, text, entry) {
	const line = log(person).locator('[data-message]').filter({ hasText: text }).last();
	await line.hover();
	await line.getByRole('button', { name: 'Message options' }).click();
	await person.page.getByRole('menu').getByRole('menuitem', { name: entry }).click();
}

test('both see that the other is there; unread is counted until it is seen', async () => {
	await user.page.getByText('Online now').waitFor();
	await say(user, 'My order has not arrived.');
	await admin.page.getByRole('listitem').getByRole('img', { name: '1 new message' }).waitFor();
	await user.page.getByRole('img', { name: 'Delivered' }).waitFor();
	await chooseConversation(admin, names.user);
	await log(admin).getByText('My order has not arrived.').waitFor();
	await admin.page.bringToFront();
	await user.page.getByRole('img', { name: 'Read', exact: true }).waitFor();
	await gone(admin.page.getByRole('listitem').getByRole('img', { name: '1 new message' }));
});

test('writing is seen while it lasts', async () => {
	await box(user).pressSequentially('It was', { delay: 20 });
	await admin.page.getByRole('status').filter({ hasText: `${names.user} is writing…` }).waitFor();
	await box(user).fill('');
	await say(user, 'It was number 17.');
	await log(admin).getByText('It was number 17.').waitFor();
	await gone(admin.page.getByRole('status').filter({ hasText: 'is writing…' }).getByText('is writing…'));
});

test('a reply shows what it answers, and leads there', async () => {
	await choose(admin, 'It was number 17.', 'Reply');
	await admin.page.getByText(`Reply to ${names.user}`).waitFor();
	await say(admin, 'Found it');
	const quote = log(user).locator('[data-message]').filter({ hasText: 'Found it' }).getByRole('button', { name: /It was number 17/ });
	await quote.click();
	await log(user).locator('.cf-bubble--marked').filter({ hasText: 'It was number 17.' }).waitFor();
});

test('a message is changed, reacted to, and deleted, on both sides', async () => {
	await say(user, 'Thank yuo');
	await choose(user, 'Thank yuo', 'Edit');
	await until('what it was', () => box(user).inputValue(), (text) => text === 'Thank yuo');
	await box(user).fill('Thank you');
	await user.page.getByRole('button', { name: 'Save' }).click();
	await log(admin).getByText('Thank you').waitFor();
	await log(admin).getByText('edited').waitFor();
	await until('the box is empty again', () => box(user).inputValue(), (text) => text === '');

	await choose(admin, 'Thank you', 'React with 👍');
	const reaction = log(user).getByRole('button', { name: '👍 by one person' });
	await reaction.click();
	await log(admin).getByRole('button', { name: '👍 by 2 people', pressed: true }).waitFor();

	await choose(user, 'Thank you', 'Delete');
	await log(admin).getByText('This message was deleted').waitFor();
	await gone(log(admin).getByRole('button', { name: /👍/ }));
});

test('a picture and a file go along, are seen and saved on the other side', async () => {
	await user.page.locator('input[type=file]').setInputFiles([
		{ name: 'turned.jpg', mimeType: 'image/jpeg', buffer: fs.readFileSync(path.join(root, 'test/vectors/pictures/turned.jpg')) },
		{ name: 'order.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 order') },
	]);
	await user.page.getByRole('list', { name: 'Attached files' }).getByText('order.pdf').waitFor();
	await user.page.getByRole('button', { name: 'Send' }).click();
	const picture = log(admin).getByRole('img', { name: 'Picture: turned.jpg' });
	await picture.waitFor();
	await admin.page.waitForFunction(() => document.querySelector('img[alt="Picture: turned.jpg"]').naturalWidth > 0);
	const [download] = await Promise.all([admin.page.waitForEvent('download'), log(admin).getByRole('link', { name: /order.pdf/ }).click()]);
	assert.equal(fs.readFileSync(await download.path(), 'utf8'), '%PDF-1.7 order');
	await user.page.locator('input[type=file]').setInputFiles({ name: 'huge.bin', mimeType: 'x/y', buffer: Buffer.alloc(10 * 1024 * 1024 + 1) });
	await user.page.getByText('huge.bin is larger than 10 MB.').waitFor();
});

test("a team's note stays with the team", async () => {
	await admin.page.getByRole('button', { name: 'Write a private note' }).click();
	await say(admin, 'Refund approved by Kim');
	await log(admin).getByText('Private note').first().waitFor();
	await admin.page.getByRole('button', { name: 'Write a private note' }).click();
	await say(admin, 'We will send it again.');
	await log(user).getByText('We will send it again.').waitFor();
	assert.equal(await log(user).getByText('Refund approved').count(), 0);
	assert.equal(await admin.page.getByRole('menuitem').count(), 0);
	// one that is half written comes back as a note, not as a message to the customer
	const note = admin.page.getByRole('button', { name: 'Write a private note' });
	await note.click();
	await box(admin).fill('Never tell them');
	await admin.page.reload();
	await chooseConversation(admin, names.user);
	await until('what was written', () => box(admin).inputValue(), (text) => text === 'Never tell them');
	assert.equal(await note.getAttribute('aria-pressed'), 'true');
	await box(admin).fill('');
	await note.click();
});

test('a word leads to the message, and back to the newest', async () => {
	await user.page.evaluate(async () => {
		const { user } = await (await fetch('/api/auth/session')).json();
		for (let i = 0; i < 90; i++)
			await fetch(`/api/v1/conversations/${user.id}/messages`, {
				method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text: `line ${i}`, client_id: `line-${i}` }),
			});
	});
	await log(admin).getByText('line 89').waitFor();
	await admin.page.reload();
	await chooseConversation(admin, names.user);
	await log(admin).getByText('line 89').waitFor();
	assert.equal(await log(admin).getByText('It was number 17.').count(), 0, 'the newest page does not reach so far');
	await admin.page.getByRole('searchbox', { name: 'Search' }).fill('NUMBER 17');
	const hit = admin.page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: /It was number 17/ });
	await hit.waitFor();
	await admin.page.getByLabel('With files').check();
	await admin.page.getByText('Nothing found').waitFor();
	await admin.page.getByLabel('With files').uncheck();
	await hit.waitFor();
	await admin.page.getByRole('combobox', { name: 'When' }).selectOption('The last week');
	await admin.page.getByRole('combobox', { name: 'From' }).selectOption(names.user);
	await hit.click();
	await log(admin).locator('.cf-bubble--marked').filter({ hasText: 'It was number 17.' }).waitFor();
	await admin.screenshot('chat-search');
	await admin.page.getByRole('button', { name: 'To the newest messages' }).click();
	await log(admin).getByText('line 89').waitFor();
	await admin.page.getByRole('searchbox', { name: 'Search' }).fill('zzzz');
	await admin.page.getByText('Nothing found').waitFor();
	await admin.page.getByRole('searchbox', { name: 'Search' }).fill(names.user);
	const none = admin.page.getByText('No messages with these words');
	await none.waitFor();
	assert.ok((await none.boundingBox()).y < 320, 'right below the person, not at the foot of the page');
	await admin.page.getByRole('button', { name: 'Clear search' }).click();
});

test('all of it by keyboard alone', async () => {
	await say(user, 'keys only');
	await user.page.keyboard.press('Shift+Tab'); // from the text box back into the messages
	const button = user.page.locator('[data-message]').filter({ hasText: 'keys only' }).getByRole('button', { name: 'Message options' });
	await button.focus();
	await user.page.keyboard.press('Enter');
	await user.page.getByRole('menu').waitFor();
	await user.page.keyboard.press('Escape');
	await gone(user.page.getByRole('menu'));
	assert.ok(await button.evaluate((element) => element === document.activeElement), 'focus is back');
	await user.page.keyboard.press('Enter');
	await user.page.keyboard.press('End'); // Delete
	await user.page.keyboard.press('ArrowUp'); // Edit
	await user.page.keyboard.press('Enter');
	await user.page.keyboard.press('Control+A');
	await user.page.keyboard.type('by keys');
	await user.page.keyboard.press('Enter');
	await log(admin).getByText('by keys').waitFor();
});

test('the menu of the last message opens upwards, within the list', async () => {
	const line = log(user).locator('[data-message]').last();
	await line.hover();
	await line.getByRole('button', { name: 'Message options' }).click();
	const [menu, list] = await Promise.all([user.page.getByRole('menu').boundingBox(), log(user).boundingBox()]);
	assert.ok(menu.y >= list.y && menu.y + menu.height < list.y + list.height, JSON.stringify({ menu, list }));
	const button = await line.getByRole('button', { name: 'Message options' }).boundingBox();
	assert.ok(menu.y + menu.height <= button.y + 1, 'above its button');
	await user.page.keyboard.press('Escape');
});

test('on a phone the words have the room: one button stands for the others, and brings them back', async () => {
	const { page } = admin;
	const button = (name) => page.getByRole('button', { name, exact: true });
	await page.setViewportSize({ width: 390, height: 844 });
	const width = async () => (await box(admin).boundingBox()).width;
	const narrow = await width();
	await button('Attach files').waitFor();
	await box(admin).fill('On its way');
	await button('Add to the message').waitFor();
	assert.equal(await button('Attach files').isVisible(), false);
	assert.ok((await width()) > narrow + 60, 'wider than before');
	await button('Add to the message').press('Enter');
	await button('Write a private note').waitFor();
	assert.ok(await button('Attach files').evaluate((element) => element === document.activeElement), 'the focus is on the first of them');
	await button('Write a private note').click();
	await box(admin).press('End');
	await box(admin).pressSequentially('!');
	await button('Add to the message').waitFor();
	assert.equal(await page.locator('.cf-composer--note').count(), 1, 'it is still a note');
	await box(admin).fill('');
	await button('Write a private note').click();
	await page.setViewportSize({ width: 1280, height: 800 });
});

test('an answer to a message that is deleted while it is written arrives', async () => {
	await say(user, 'I found the receipt');
	await choose(admin, 'I found the receipt', 'Reply');
	await box(admin).fill('Keep it');
	await choose(user, 'I found the receipt', 'Delete');
	await admin.page.locator('.cf-target').getByText('This message was deleted').waitFor();
	await box(admin).press('Enter');
	await log(user).getByText('Keep it').waitFor();
});

test('ten files that are chosen at once arrive, all of them', async () => {
	const files = Array.from({ length: 10 }, (_, i) => ({ name: `photo ${i}.txt`, mimeType: 'text/plain', buffer: Buffer.from(`photo ${i}`) }));
	await user.page.locator('input[type=file]').setInputFiles(files);
	await say(user, 'All of it');
	const message = log(admin).locator('[data-message]').filter({ hasText: 'All of it' });
	await message.waitFor();
	assert.equal(await message.getByRole('link', { name: /photo \d/ }).count(), 10);
});

test('on another page: the title counts what comes, and it makes a sound, unless that is switched off', async () => {
	const notes = () => admin.page.evaluate('notes');
	const unread = async () => Number(/^\((\d+)\) Confab$/.exec(await admin.page.title())?.[1] ?? 0);
	const [before, heard] = [await unread(), await notes()];
	await admin.page.getByRole('link', { name: 'Settings' }).click();
	await admin.page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
	await say(user, 'Is anybody there?');
	await until('the title', unread, (n) => n === before + 1, 10000);
	await until('two notes', notes, (n) => n === heard + 2, 10000);
	await admin.page.getByRole('switch', { name: 'Message sound' }).click();
	await say(user, 'Hello?');
	await until('the title', unread, (n) => n === before + 2, 10000);
	await admin.page.waitForTimeout(1000);
	assert.equal(await notes(), heard + 2);
	await admin.page.getByRole('link', { name: 'Chat', exact: true }).click();
	await chooseConversation(admin, names.user);
	await log(admin).getByText('Hello?').waitFor();
	await admin.page.bringToFront();
	await until('the title', unread, (n) => n === 0, 10000);
});

test('a link that was cut off opens the list', async () => {
	await admin.page.evaluate(() => { location.hash = '#/c/%E0%A4%A'; });
	await admin.page.getByText('Select a conversation').waitFor();
	await chooseConversation(admin, names.user);
});

test('what could not be sent goes by itself when the connection is back', async () => {
	await user.context.setOffline(true);
	await say(user, 'from a tunnel');
	await user.page.getByText('Waiting for the connection').waitFor();
	await user.context.setOffline(false);
	await log(admin).getByText('from a tunnel').waitFor({ timeout: 30000 });
	await gone(user.page.getByText('Waiting for the connection'));
	await user.screenshot('chat-user');
	await admin.screenshot('chat-admin');
});

test('without a connection: a change that could not be saved is not lost, and a search says that it failed', async () => {
	await say(admin, 'Shipped yesterday');
	await log(user).getByText('Shipped yesterday').waitFor();
	await choose(admin, 'Shipped yesterday', 'Edit');
	await admin.context.setOffline(true);
	await box(admin).fill('Shipped today');
	await box(admin).press('Enter');
	await admin.page.getByRole('status').filter({ hasText: 'cannot be reached' }).waitFor();
	await admin.page.getByText('Edit message').waitFor();
	await until('what was written', () => box(admin).inputValue(), (text) => text === 'Shipped today');
	const search = admin.page.getByRole('searchbox', { name: 'Search' });
	await search.fill('parcel');
	await admin.page.getByText('This could not be loaded').waitFor();
	await admin.context.setOffline(false);
	await search.fill('');
	await box(admin).press('Enter');
	await log(user).getByText('Shipped today').waitFor();
});
