// SPDX-License-Identifier: Apache-2.0
// A support team at work: two of the team and a customer. Who looks after what, and what the customer is told of it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { chooseConversation, say, signInByLink } from '../lib/app.mjs';
import { launchChromium, openPage, until } from '../lib/browser.mjs';
import { confab, startConfabd } from '../lib/confabd.mjs';
import { dress } from '../lib/tour.mjs';

let daemon, browser, alex, eva, sam;
before(async () => {
	daemon = await startConfabd();
	confab(['user', 'add', 'eva', '--role', 'admin', '--name', 'Eva Lind', '--password-stdin', '--data', daemon.data], 'eva has a password\n');
	confab(['user', 'add', 'lena', '--role', 'user', '--name', 'Lena Berg', '--password-stdin', '--data', daemon.data], 'lena has a password\n');
	browser = await launchChromium();
	[alex, sam] = await Promise.all([signInByLink(browser, daemon.links.admin), signInByLink(browser, daemon.links.user)]);
	eva = await openPage(browser, daemon.url);
	await eva.page.getByRole('textbox', { name: 'User ID' }).fill('eva');
	await eva.page.getByLabel('Password').fill('eva has a password');
	await eva.page.getByRole('button', { name: 'Sign in' }).click();
	await eva.page.getByRole('list', { name: 'Conversations' }).waitFor();
});
after(async () => {
	await browser.close();
	await daemon.stop();
});

const log = (person) => person.page.getByRole('log');
const list = (person) => person.page.getByRole('list', { name: 'Conversations' });
const view = (person, name) => person.page.getByRole('group', { name: 'Which conversations' }).getByRole('button', { name });
const box = (person) => person.page.getByRole('textbox', { name: 'Message' });
const gone = (locator) => locator.waitFor({ state: 'detached' });

test('take, transfer with a note, resolve; a new message opens it again', async () => {
	await say(sam, 'The parcel came without the cable.');
	await chooseConversation(alex, 'Sam Rivera');
	await chooseConversation(eva, 'Sam Rivera');
	await alex.page.getByRole('button', { name: 'Take', exact: true }).click();
	await log(eva).getByText('Alex Morgan took the conversation').waitFor();
	await list(eva).getByRole('img', { name: 'Assigned to Alex Morgan' }).waitFor();
	await view(alex, 'Mine 1').waitFor();
	await view(eva, 'Mine 0').waitFor();

	confab(['user', 'add', 'zoe', '--role', 'admin', '--name', 'Zoe New', '--password-stdin', '--data', daemon.data], 'zoe has a password\n');
	await alex.page.getByRole('button', { name: 'Transfer…' }).click();
	const dialog = alex.page.getByRole('dialog', { name: 'Transfer the conversation' });
	await dialog.getByRole('option', { name: 'Zoe New' }).waitFor({ state: 'attached' }); // who came to the team after the page was loaded
	assert.equal(await dialog.getByRole('combobox', { name: 'To' }).inputValue(), 'eva', 'who is online stands first');
	await dialog.getByRole('combobox', { name: 'To' }).selectOption('eva');
	await dialog.getByRole('textbox', { name: 'Note for the team' }).fill('She knows the cables.');
	await dialog.getByRole('button', { name: 'Transfer', exact: true }).click();
	await gone(dialog);
	await eva.page.getByRole('status').filter({ hasText: 'You look after Sam Rivera now' }).waitFor();
	await log(eva).getByText('She knows the cables.').waitFor();
	await view(eva, 'Mine 1').click();
	await list(eva).getByText('Sam Rivera').waitFor();

	await eva.page.getByRole('button', { name: 'Resolve', exact: true }).click();
	await list(eva).getByText('Sam Rivera').waitFor({ state: 'detached' });
	await log(sam).getByText('Eva Lind resolved the conversation').waitFor();
	assert.equal(await log(sam).getByText(/assigned|took/).count(), 0, 'the customer is not told who does what');
	assert.equal(await log(sam).getByText('She knows the cables.').count(), 0);
	await view(alex, 'Resolved 1').click();
	await list(alex).getByText('Sam Rivera').waitFor();

	await say(sam, 'Which cable is it?');
	await log(eva).getByText('Opened again by a new message').waitFor();
	await list(eva).getByText('Sam Rivera').waitFor();
	await eva.screenshot('support-desk');
});

test('by keyboard: the next conversation, take, snooze; it is back when the customer writes', async () => {
	const chosen = (name) => list(eva).locator('[aria-current="true"]').getByText(name).waitFor();
	await view(eva, 'All 2').click();
	await eva.page.getByRole('combobox', { name: 'Priority' }).selectOption('urgent');
	await list(alex).or(alex.page.getByText('Nothing here')).first().waitFor();
	await view(alex, 'All 2').click();
	await list(alex).getByText('Urgent').waitFor();
	await eva.page.getByRole('combobox', { name: 'Order' }).selectOption('priority');
	await list(eva).getByRole('button').first().getByText('Sam Rivera').waitFor();

	let arrive;
	const arrives = new Promise((resolve) => (arrive = resolve));
	await eva.page.route('**/messages?*', async (route) => {
		await arrives; // a slow line: the keys do not wait for what was said
		await route.continue();
	});
	await eva.page.getByRole('button', { name: 'Labels' }).focus();
	await eva.page.evaluate(() => {
		// two keys in one turn, as a quick hand on a slow machine: the second is for the new conversation
		const key = (name) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
		key('j');
		return Promise.resolve().then(() => Promise.resolve()).then(() => key('c'));
	});
	await chosen('Lena Berg');
	const focused = (what) => what.and(eva.page.locator(':focus')).waitFor();
	await focused(box(eva));
	await eva.page.keyboard.press('Escape'); // out of the text box, or the next letter would stand in it
	await focused(eva.page.getByRole('region', { name: 'Conversation with Lena Berg' }));
	arrive();
	await focused(log(eva));
	await eva.page.unroute('**/messages?*');
	await eva.page.keyboard.press('a');
	await list(eva).getByRole('button', { name: /Lena Berg/ }).getByRole('img', { name: 'Assigned to Eva Lind' }).waitFor();
	await eva.page.keyboard.press('k');
	await chosen('Sam Rivera');
	await eva.page.keyboard.press('z');
	const dialog = eva.page.getByRole('dialog', { name: 'Snooze the conversation' });
	await dialog.getByRole('button', { name: /^Tomorrow morning/ }).waitFor();
	await eva.page.keyboard.press('e'); // the page's keys rest behind a dialog
	await eva.screenshot('support-snooze');
	await dialog.getByRole('button', { name: /^Tomorrow morning/ }).press('Enter');
	await gone(dialog);
	await log(eva).getByText(/Eva Lind snoozed the conversation until \w+,? 0?9:00/).waitFor();
	await view(eva, 'Snoozed 1').click();
	await list(eva).getByText('Sam Rivera').waitFor();
	await view(eva, 'Mine 1').waitFor();

	await say(sam, 'Found it!');
	await view(eva, 'Snoozed 0').waitFor();
	await view(eva, 'Mine 2').click();
	assert.equal(await log(sam).getByText('snoozed').count(), 0);
	await eva.page.keyboard.press('?');
	await eva.page.getByRole('dialog').getByText('Resolve, or reopen').waitFor();
	await eva.page.keyboard.press('Escape');
});

test('the Team page: a label, a canned reply, business hours, figures, the audit log', async () => {
	await alex.page.getByRole('link', { name: 'Team' }).click();
	await alex.page.getByRole('textbox', { name: 'Name of the label' }).fill('Refund');
	await alex.page.getByRole('button', { name: 'Add label' }).click();
	await alex.page.getByRole('list', { name: 'Labels' }).getByText('Refund').waitFor();
	await alex.page.getByRole('button', { name: 'New canned reply' }).click();
	const dialog = alex.page.getByRole('dialog', { name: 'New canned reply' });
	await dialog.getByRole('textbox', { name: 'Shortcut' }).fill('hello');
	await dialog.getByRole('textbox', { name: 'Text' }).fill('Hello {first name}, this is {me}.');
	await dialog.getByRole('button', { name: 'Save' }).click();
	await alex.page.getByRole('list', { name: 'Canned replies' }).getByText('/hello').waitFor();
	const figures = alex.page.getByRole('region', { name: 'How we do' });
	await figures.getByText('First reply, median').waitFor();
	const team = figures.getByRole('table', { name: 'Each of the team' });
	const eva_ = team.getByRole('row', { name: /Eva Lind/ });
	assert.equal(await eva_.getByRole('cell').first().textContent(), '1');
	await alex.page.setViewportSize({ width: 375, height: 740 }); // a phone: cards, nothing to scroll sideways
	await eva_.getByRole('cell').first().waitFor();
	assert.ok(await alex.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.querySelector('.cf-desk').scrollWidth <= innerWidth));
	assert.ok(await alex.page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), 'the page around it does not scroll');
	await alex.screenshot('support-team-phone');
	await alex.page.setViewportSize({ width: 1280, height: 800 });
	const hours = alex.page.getByRole('region', { name: 'Business hours' });
	await hours.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Berlin');
	const receipts = hours.getByRole('checkbox', { name: 'Customers see when the team has read their message' });
	assert.ok(await receipts.isChecked());
	await receipts.uncheck();
	await hours.getByRole('button', { name: 'Save' }).click();
	await alex.page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
	await say(sam, 'Is anybody reading this?');
	await sam.page.getByRole('img', { name: 'Delivered', exact: true }).waitFor();
	await list(eva).getByText('Is anybody reading this?').waitFor();
	assert.equal(await sam.page.getByRole('img', { name: 'Read', exact: true }).count(), 0);
	await receipts.check();
	await hours.getByRole('button', { name: 'Save' }).click();
	await alex.page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
	const audit = alex.page.getByRole('region', { name: 'Audit log' }).first();
	await audit.getByRole('combobox', { name: 'What' }).selectOption('conversation');
	await audit.getByRole('cell', { name: 'Changed who looks after it' }).first().waitFor();
	await audit.getByRole('cell', { name: '127.0.0.1' }).first().waitFor();
	const [saved] = await Promise.all([alex.page.waitForEvent('download'), audit.getByRole('button', { name: 'Save as CSV' }).click()]);
	const csv = fs.readFileSync(await saved.path(), 'utf8');
	assert.match(csv, /"127\.0\.0\.1","Changed who looks after it","conversation\.assign"/);
	await alex.screenshot('support-team');
	await alex.page.getByRole('link', { name: 'Chat', exact: true }).click();
	await chooseConversation(alex, 'Sam Rivera');
});

test('labels, a canned reply by keyboard, who else is there', async () => {
	await eva.page.getByRole('button', { name: 'Labels' }).click();
	await eva.page.getByRole('checkbox', { name: 'Refund' }).click();
	await eva.page.keyboard.press('Escape');
	await list(alex).getByRole('img', { name: 'Refund' }).waitFor();
	await alex.page.getByRole('status').filter({ hasText: 'Eva Lind is also looking at this' }).waitFor();

	await box(eva).fill('');
	await box(eva).pressSequentially('/he');
	await eva.page.getByRole('option', { name: /\/hello/ }).waitFor();
	await alex.page.getByRole('status').filter({ hasText: 'Eva Lind is also writing an answer' }).waitFor();
	await eva.page.keyboard.press('Enter');
	assert.equal(await box(eva).inputValue(), 'Hello Sam, this is Eva Lind.');
	await eva.page.keyboard.press('Enter');
	await log(sam).getByText('Hello Sam, this is Eva Lind.').waitFor();
});

test('a colleague named in a note is told', async () => {
	await eva.page.getByRole('button', { name: 'Write a private note' }).click();
	await box(eva).pressSequentially('@al');
	await eva.page.getByRole('option', { name: /@admin/ }).waitFor();
	await eva.page.keyboard.press('Tab');
	// the colleague's id is put in; the demo's admin is called admin
	assert.equal(await box(eva).inputValue(), '@admin ');
	await eva.page.keyboard.type('please look');
	await eva.page.keyboard.press('Enter');
	await alex.page.getByRole('status').filter({ hasText: 'Eva Lind names you in a note on Sam Rivera' }).waitFor();
	await eva.page.getByRole('button', { name: 'Write a private note' }).click();
});

test('marked unread: count and line are back, over a reload, until one goes on there; the customer is told nothing', async () => {
	const unread = (n) => list(eva).getByRole('img', { name: n === 1 ? '1 new message' : `${n} new messages` });
	const line = log(eva).getByText('Unread messages');
	await say(sam, 'And one more thing.');
	await say(sam, 'It is red.');
	const told = sam.page.getByRole('img', { name: 'Read', exact: true });
	await told.waitFor();
	const first = log(eva).locator('[data-message]').filter({ hasText: 'And one more thing.' });
	await first.hover();
	await first.getByRole('button', { name: 'Message options' }).click();
	await eva.page.getByRole('menuitem', { name: 'Mark as unread' }).click();
	await eva.page.getByRole('status').filter({ hasText: 'Marked as unread' }).waitFor();
	await unread(2).waitFor();
	await line.waitFor();
	await eva.screenshot('support-unread');

	await eva.page.reload(); // opens it again, and that is no reading
	await line.waitFor();
	await unread(2).waitFor();
	await say(sam, 'Not green.');
	await unread(3).waitFor();
	await log(eva).getByText('Not green.').click();
	await gone(unread(3));
	await told.waitFor();

	await eva.page.getByRole('button', { name: 'Labels' }).focus();
	await eva.page.keyboard.press('u');
	await unread(1).waitFor();
	await chooseConversation(eva, 'Lena Berg');
	await chooseConversation(eva, 'Sam Rivera');
	await unread(1).waitFor();
	await eva.page.getByRole('button', { name: 'More about this conversation' }).click();
	await eva.page.getByRole('menuitem', { name: 'Mark as unread' }).waitFor();
	await eva.page.keyboard.press('Escape');
	await unread(1).waitFor(); // opened once more, looked around, and not read
	await box(eva).fill('Red it is.');
	await gone(unread(1));
	await eva.page.getByRole('button', { name: 'Send' }).click();
	await log(sam).getByText('Red it is.').waitFor();
});

test('the customer: where they are, notes, and how it was', async () => {
	await alex.page.getByRole('button', { name: 'Show customer' }).click();
	const panel = alex.page.getByRole('complementary', { name: 'Customer' });
	await panel.getByText(/Chrome \d+, Linux/).waitFor();
	await panel.getByRole('textbox', { name: 'Notes on the customer' }).fill('Knows cables.');
	await panel.getByRole('textbox', { name: 'Notes on the customer' }).blur();
	await alex.screenshot('support-customer');

	await eva.page.getByRole('button', { name: 'Resolve', exact: true }).click();
	const form = sam.page.getByRole('form', { name: 'How was it?' });
	await form.getByRole('radio', { name: 'Good', exact: true }).check({ force: true });
	await form.getByRole('textbox', { name: 'What should we know?' }).fill('Quick.');
	await sam.screenshot('support-rating');
	await form.getByRole('button', { name: 'Submit rating' }).click();
	await gone(form);
	await log(eva).getByText('Rated 4 of 5: \u2068Quick.\u2069').waitFor();
	await panel.getByText('Rated 4 of 5').first().waitFor();
	assert.equal(await log(sam).getByText('Rated').count(), 0);
});

test('a customer is deleted with all that was said: gone from a colleague’s screen at once', async () => {
	for (const person of [alex, eva]) {
		await view(person, 'All 2').click();
		await chooseConversation(person, 'Lena Berg');
	}
	await say(alex, 'Dear Lena,');
	await log(eva).getByText('Dear Lena,').waitFor();
	await alex.page.getByRole('button', { name: 'More about this conversation' }).press('Enter');
	await alex.page.getByRole('menuitem', { name: 'Delete the customer…' }).press('Enter');
	const dialog = alex.page.getByRole('dialog', { name: 'Delete Lena Berg' });
	await dialog.getByRole('radio', { name: /^The account only/ }).focus();
	await alex.page.keyboard.press('ArrowDown');
	await alex.page.keyboard.press('ArrowDown');
	assert.ok(await dialog.getByRole('radio', { name: /^Everything/ }).isChecked());
	await alex.screenshot('support-delete');
	await dialog.getByRole('button', { name: 'Delete', exact: true }).press('Enter');
	await alex.page.getByRole('status').filter({ hasText: 'Lena Berg was deleted' }).waitFor();
	await gone(log(eva).getByText('Dear Lena,'));
	await list(eva).getByText('Deleted user').waitFor();
	await gone(list(alex).getByText('Lena Berg'));
});

test('a long list: its beginning is drawn, and the rest as one scrolls', async () => {
	const { page } = alex;
	await page.route('**/api/v1/conversations', async (route) => {
		const response = await route.fetch();
		const json = await response.json();
		const [one] = json.conversations;
		for (let i = 0; i < 250; i++) json.conversations.push({ ...one, id: `many-${i}`, user: { ...one.user, id: `many-${i}`, name: `Person ${i}` }, updated_at: new Date(Date.UTC(2026, 0, 1) - i * 60_000).toISOString() });
		await route.fulfill({ response, json });
	});
	await page.evaluate(() => { location.hash = '#/'; });
	await page.reload();
	await view(alex, /^All/).click();
	const rows = list(alex).getByRole('listitem');
	await rows.first().waitFor();
	assert.equal(await rows.count(), 100);
	const last = list(alex).getByText('Person 249', { exact: true });
	await until('the last is drawn', async () => {
		await list(alex).evaluate((element) => element.scrollTo(0, element.scrollHeight));
		return last.count();
	}, (count) => count === 1);
	await page.unroute('**/api/v1/conversations');
});

test('nothing was wrong in a console', () => {
	for (const person of [alex, eva, sam]) person.assertQuiet();
});

test('German words beside the customer\'s panel leave the name of who looks after it whole', async () => {
	const { page } = alex;
	await page.setViewportSize({ width: 1280, height: 800 });
	await chooseConversation(alex, 'Sam Rivera');
	const bar = page.getByRole('group', { name: 'Status and assignee' });
	const take = bar.getByRole('button', { name: 'Take', exact: true });
	const transfer = bar.getByRole('button', { name: 'Transfer' });
	await take.or(transfer).first().waitFor(); // or a bar that is not there yet counts as one that is taken
	if (await take.isVisible()) await take.click();
	await transfer.waitFor();
	const panel = bar.getByRole('button', { name: 'Show customer' });
	if ((await panel.getAttribute('aria-pressed')) !== 'true') await panel.click();
	await dress(page, { language: 'de' });
	const { room, name } = await page.getByRole('combobox', { name: 'Zuständig' }).evaluate((select) => {
		const style = getComputedStyle(select);
		const pen = document.createElement('canvas').getContext('2d');
		pen.font = style.font;
		return { room: select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight), name: pen.measureText('Alex Morgan').width };
	});
	await alex.screenshot('support-german');
	await dress(page);
	assert.ok(room > name, `${room} px for ${name}`);
});
