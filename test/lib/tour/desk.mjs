// SPDX-License-Identifier: Apache-2.0
// The tour's part at the desk: lists, conversations, the support layer, the pages beside them.
import { chooseConversation, say } from '../app.mjs';

const log = (person) => person.page.getByRole('log');
const search = (person) => person.page.getByRole('searchbox', { name: 'Search' });
const box = (person) => person.page.getByRole('textbox', { name: 'Message' });

export async function messenger(admin, user, shop, stop) {
	await say(user, 'Good morning! The espresso machine I bought drips. Can we look at it together?');
	await admin.page.getByRole('list', { name: 'Conversations' }).getByText('Good morning!').waitFor();
	await stop('team-list', admin.page);
	await chooseConversation(admin, 'Sam Rivera');
	await talk(admin, user);
	await stop('team-chat', admin.page);
	await stop('customer-chat', user.page);
	await support(admin, shop, stop);
	await openMenu(admin, 'Give me five minutes');
	await stop('message-menu', admin.page);
	await admin.page.keyboard.press('Escape');
	await answering(admin, stop);
	await speaking(admin, stop);
	await finding(admin, stop);
	await chooseConversation(admin, 'Maria Lindqvist');
	await log(admin).getByText('Unread messages').waitFor();
	await stop('unread-line', admin.page, { once: true });
	await chooseConversation(admin, 'Friederike');
	await stop('long-name', admin.page, { once: true });
	await chooseConversation(admin, 'عمر');
	await stop('other-direction', admin.page, { once: true });
	await chooseConversation(admin, 'Sam Rivera');
}

/** A photograph, a note, reactions, a file: everything that a conversation may hold. */
async function talk(admin, user) {
	await attach(user, 'receipt.pdf', Buffer.from('%PDF-1.4\n%%EOF\n'), 'The receipt');
	await log(admin).getByText('The receipt').waitFor();
	await say(admin, 'Thank you! Where does the water come out?');
	await admin.page.getByRole('button', { name: 'Write a private note' }).click();
	await say(admin, 'Same model as last week: the gasket.');
	await admin.page.getByRole('button', { name: 'Write a private note' }).click();
	const photo = Buffer.from((await user.page.evaluate(() => window.takePhoto())).split(',')[1], 'base64');
	await attach(user, 'drip.jpg', photo, 'Here, below the handle');
	await log(admin).getByText('below the handle').waitFor();
	await say(admin, 'I see it. Press the camera button whenever it suits you, then we look together.');
	await say(user, 'Give me five minutes to clear the table, please 😀');
	await log(admin).getByText('Give me five minutes').waitFor();
	await openMenu(admin, 'Give me five minutes');
	await admin.page.getByRole('menuitem', { name: 'React with 👍' }).click();
	await log(admin).locator('img').first().evaluate((img) => img.decode());
}

async function support(admin, { colleague, labels }, stop) {
	await admin.page.getByRole('button', { name: 'Labels' }).click();
	await admin.page.getByRole('checkbox', { name: 'Warranty' }).click();
	await stop('label-menu', admin.page);
	await admin.page.keyboard.press('Escape');
	await admin.page.getByRole('button', { name: 'Take', exact: true }).click();
	await admin.page.getByRole('button', { name: 'Transfer' }).click();
	await admin.page.getByRole('dialog').getByRole('option', { name: 'Kenji Mori' }).waitFor({ state: 'attached' });
	await stop('transfer', admin.page);
	await admin.page.keyboard.press('Escape');
	await admin.page.getByRole('button', { name: 'Snooze…' }).click();
	await admin.page.getByRole('dialog', { name: 'Snooze' }).waitFor();
	await stop('snooze', admin.page, { once: true });
	await admin.page.keyboard.press('Escape');
	await closing(admin, 'Ban…', 'Ban Sam Rivera', () => stop('ban', admin.page, { once: true }));
	await closing(admin, 'Delete the customer…', 'Delete Sam Rivera', () => stop('delete-customer', admin.page, { once: true }));
	await box(admin).pressSequentially('/');
	await admin.page.getByRole('option', { name: /\/hello/ }).waitFor();
	await stop('canned-replies', admin.page);
	await box(admin).fill('');
	await colleague.call('POST', '/api/v1/conversations/user/viewing', { viewing: true });
	await admin.page.getByRole('status').filter({ hasText: 'also looking' }).waitFor();
	await admin.page.getByRole('button', { name: 'Show customer' }).click();
	await admin.page.getByRole('complementary', { name: 'Customer' }).getByRole('textbox').waitFor();
	await stop('customer-panel', admin.page);
	await admin.page.getByRole('button', { name: 'Merge with…' }).click();
	await stop('merge-find', admin.page, { once: true });
	await admin.page.getByRole('dialog').getByRole('list').getByRole('button').first().click();
	await admin.page.getByRole('radio').first().waitFor();
	await stop('merge', admin.page);
	await admin.page.keyboard.press('Escape');
	await colleague.call('POST', '/api/v1/conversations/user/viewing', { viewing: false });
	await admin.page.getByRole('button', { name: 'Show customer' }).click();
	await colleague.call('PATCH', '/api/v1/conversations/leila', { status: 'resolved', labels: [labels.Praise] });
}

/** A dialog out of the menu of the conversation, and away again. */
async function closing({ page }, item, title, look) {
	await page.getByRole('button', { name: 'More about this conversation' }).click();
	await page.getByRole('menuitem', { name: item }).click();
	await page.getByRole('dialog', { name: title }).waitFor();
	await look();
	await page.keyboard.press('Escape');
}

async function openMenu(person, text) {
	const line = log(person).locator('[data-message]').filter({ hasText: text }).last();
	await line.hover();
	await line.getByRole('button', { name: 'Message options' }).click();
	await person.page.getByRole('menu').waitFor();
}

async function answering(admin, stop) {
	await openMenu(admin, 'Give me five minutes');
	await admin.page.getByRole('menuitem', { name: 'Reply' }).click();
	await box(admin).fill('No hurry, I am here until six.');
	await stop('reply', admin.page);
	await box(admin).press('Enter');
	await log(admin).getByText('No hurry').waitFor();
}

/** A voice note: recorded, heard before it is sent, heard again in the conversation. */
async function speaking({ page }, stop) {
	const bar = page.getByRole('group', { name: 'Record a voice note' });
	await page.getByRole('button', { name: 'Record a voice note' }).click();
	await bar.getByText(/^0:(0[3-9]|[1-5]\d)$/).waitFor(); // a busy machine may never show the third
	await stop('voice-recording', page, { once: true });
	await page.getByRole('button', { name: 'Stop recording' }).click();
	await bar.getByRole('button', { name: 'Play' }).waitFor();
	await stop('voice-heard', page, { once: true });
	await page.getByRole('button', { name: 'Send the voice note' }).click();
	const note = log({ page }).getByRole('group', { name: /^Voice note/ });
	await note.getByRole('button', { name: 'Play' }).click();
	// the page itself presses Pause: a note of three seconds may be over before it is told to from here
	await page.waitForFunction((element) => {
		const pause = element.querySelector('[aria-label="Pause"]');
		return pause && Number(element.querySelector('[type=range]').value) > 1000 && (pause.click(), true);
	}, await note.elementHandle());
	await note.getByRole('button', { name: 'Play' }).waitFor();
	await stop('voice-note', page, { once: true });
}

async function finding(admin, stop) {
	await admin.page.evaluate(() => { location.hash = '#/'; }); // on a phone the list is a page of its own
	await search(admin).fill('order');
	await admin.page.getByRole('heading', { name: 'Messages' }).waitFor();
	await stop('search', admin.page);
	await admin.page.getByRole('checkbox', { name: 'With files' }).check();
	await search(admin).fill('handle');
	await admin.page.getByRole('region', { name: 'Messages' }).getByText('below the handle').waitFor();
	await stop('search-filters', admin.page, { once: true });
	await admin.page.getByRole('checkbox', { name: 'With files' }).uncheck();
	await search(admin).fill('zeppelin');
	await admin.page.getByText('Nothing found').waitFor();
	await stop('search-nothing', admin.page);
	await search(admin).fill('jonas');
	await admin.page.getByText('No messages with these words').waitFor();
	await stop('search-name', admin.page, { pictures: true });
	await admin.context.setOffline(true);
	await search(admin).fill('order');
	await admin.page.getByText('This could not be loaded').waitFor();
	await stop('search-offline', admin.page, { pictures: true });
	await admin.context.setOffline(false);
	await search(admin).fill('');
	await admin.page.getByText('You are offline').waitFor({ state: 'detached' });
}

async function attach(person, name, content, text) {
	await person.page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: content });
	await person.page.getByRole('list', { name: 'Attached files' }).getByText(name).waitFor();
	await say(person, text);
}

/** Pages of the team besides the chat. */
export async function pages(admin, stop) {
	const go = (name) => admin.page.getByRole('link', { name, exact: true }).click();
	await go('Calls');
	await admin.page.getByText('Nobody is in a call').waitFor();
	await stop('calls-empty', admin.page);
	await go('Team');
	await admin.page.getByRole('list', { name: 'Canned replies' }).getByText('/gasket').waitFor();
	await admin.page.getByRole('region', { name: 'Audit log' }).getByRole('row').nth(1).waitFor();
	await stop('team-page', admin.page);
	await stop('team-page-whole', admin.page, { whole: true });
	await admin.page.getByRole('button', { name: 'New canned reply' }).click();
	await admin.page.getByRole('dialog').waitFor();
	await stop('canned-form', admin.page);
	await admin.page.keyboard.press('Escape');
	await go('Settings');
	await admin.page.getByText('This device', { exact: true }).waitFor();
	await stop('settings', admin.page);
	await stop('settings-whole', admin.page, { whole: true });
	await admin.page.keyboard.press('?');
	await admin.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
	await stop('keys', admin.page);
	await admin.page.keyboard.press('Escape');
	await go('Chat');
	await chooseConversation(admin, 'Sam Rivera');
}
