// SPDX-License-Identifier: Apache-2.0
// The team among itself: a direct conversation, a group, who is in it and who is out of it, and its call. Three of the team, a customer beside.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { callDialog, chooseConversation, control, incoming, region, say, signInByLink, startCall } from '../lib/app.mjs';
import { launchChromium, openPage, until } from '../lib/browser.mjs';
import { confab, startConfabd } from '../lib/confabd.mjs';
import { addPerson } from '../lib/people.mjs';

const PASSWORD = 'a colleague has a password';

let daemon, browser, alex, eva, noor, sam, pages;
before(async () => {
	daemon = await startConfabd();
	for (const [id, name] of [['eva', 'Eva Lind'], ['noor', 'Noor Haddad']])
		confab(['user', 'add', id, '--role', 'admin', '--name', name, '--password-stdin', '--data', daemon.data], `${PASSWORD}\n`);
	browser = await launchChromium({ fps: 10 });
	[alex, sam, eva, noor] = await Promise.all([signInByLink(browser, daemon.links.admin), signInByLink(browser, daemon.links.user), signIn('eva'), signIn('noor')]);
	pages = [alex, sam, eva, noor];
});
after(async () => {
	await browser.close();
	await daemon.stop();
});

async function signIn(id) {
	const person = await openPage(browser, daemon.url);
	await person.page.getByRole('textbox', { name: 'User ID' }).fill(id);
	await person.page.getByLabel('Password').fill(PASSWORD);
	await person.page.getByRole('button', { name: 'Sign in' }).click();
	await person.page.getByRole('list', { name: 'Conversations' }).waitFor({ state: 'attached' });
	return person;
}

const log = (person) => person.page.getByRole('log');
const tab = (person, name) => person.page.getByRole('group', { name: 'Whom you write with' }).getByRole('button', { name });
const list = (person) => person.page.getByRole('list', { name: 'Direct messages and groups' });
const choose = (person, name) => list(person).getByText(name).first().click();
const dialog = (person, name) => person.page.getByRole('dialog', { name });
const told = (person, text) => person.page.getByRole('status').filter({ hasText: text }).waitFor();
async function openDetails(person) {
	await person.page.getByRole('button', { name: 'More about this conversation' }).click();
	await person.page.getByRole('menuitem', { name: 'Group details' }).click();
}
const members = (person) => dialog(person, 'Group details').getByRole('list', { name: 'Members' });

test('a direct message: unread in the list, the tab and the title, presence, typing, read', async () => {
	await tab(alex, 'Colleagues').click();
	await alex.page.getByText('Nothing with colleagues yet').waitFor();
	await alex.page.getByRole('button', { name: 'New message', exact: true }).click();
	await dialog(alex, 'Write to a colleague').getByRole('button', { name: /Eva Lind/ }).click();
	await alex.page.getByRole('heading', { name: 'Eva Lind' }).waitFor();
	await list(alex).getByRole('img', { name: 'Online' }).waitFor();
	assert.equal(await alex.page.getByRole('button', { name: 'Write a private note' }).count(), 0, 'no notes among colleagues');
	await say(alex, 'Lunch at twelve?');
	await until('the title counts it', () => eva.page.title(), (title) => title === '(1) Confab');
	await tab(eva, 'Colleagues').getByRole('img', { name: '1 new message' }).waitFor();
	await tab(eva, 'Colleagues').click();
	await list(eva).getByText('Lunch at twelve?').waitFor();
	await choose(eva, 'Alex Morgan');
	await log(eva).getByText('Lunch at twelve?').waitFor();
	await log(alex).getByRole('img', { name: 'Read' }).waitFor();
	await until('nothing is unread', () => eva.page.title(), (title) => title === 'Confab');
	await eva.page.getByRole('textbox', { name: 'Message' }).pressSequentially('Ye');
	await told(alex, 'Eva Lind is writing…');
	await eva.page.getByRole('textbox', { name: 'Message' }).fill('Yes!');
	await eva.page.keyboard.press('Enter');
	await log(alex).getByText('Yes!').waitFor();
	assert.equal(await list(noor).count(), 0);
	await tab(noor, 'Colleagues').click();
	await noor.page.getByText('Nothing with colleagues yet').waitFor();
});

test('a group: made with a name and members, seen by each, a file, a reply, a reaction', async () => {
	await alex.page.getByRole('button', { name: 'New group' }).click();
	const made = dialog(alex, 'New group');
	await made.getByRole('textbox', { name: 'Name of the group' }).fill('Launch');
	await made.getByRole('checkbox', { name: /Eva Lind/ }).check();
	await made.getByRole('checkbox', { name: /Noor Haddad/ }).check();
	// at once: it goes after five seconds
	await Promise.all([told(noor, 'Alex Morgan added you to Launch'), made.getByRole('button', { name: 'Create group' }).click()]);
	await alex.page.getByRole('heading', { name: 'Launch' }).waitFor();
	await alex.page.getByText('3 members').waitFor();
	await say(alex, 'The parrot button is blue now.');
	await choose(eva, 'Launch');
	await log(alex).getByText('Seen by Eva Lind').waitFor();
	await choose(noor, 'Launch');
	await log(alex).getByText('Seen by everybody').waitFor();

	await noor.page.locator('input[type=file]').setInputFiles({ name: 'plan.pdf', mimeType: 'application/octet-stream', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') });
	await noor.page.getByRole('list', { name: 'Attached files' }).getByText('plan.pdf').waitFor();
	await say(noor, 'The plan');
	await log(eva).getByRole('link', { name: /plan\.pdf/ }).waitFor();
	const line = log(eva).locator('[data-message]').filter({ hasText: 'The parrot button' });
	await line.hover();
	await line.getByRole('button', { name: 'Message options' }).click();
	assert.equal(await eva.page.getByRole('menuitem', { name: 'Delete' }).count(), 0, "only owners delete others' messages");
	await eva.page.getByRole('menuitem', { name: 'Reply' }).click();
	await say(eva, 'I like blue.');
	await log(noor).getByRole('button', { name: /Alex Morgan.*The parrot button/ }).waitFor();
});

test('a word is found among colleagues, and leads there', async () => {
	await noor.page.getByRole('searchbox', { name: 'Search' }).fill('parrot');
	const found = noor.page.getByRole('region', { name: 'Messages' });
	await found.getByText('Launch').waitFor();
	await found.getByText('The parrot button is blue now.').click();
	await log(noor).getByText('The parrot button is blue now.').first().waitFor();
	await noor.page.getByRole('searchbox', { name: 'Search' }).fill('');
});

test('offline: a message waits and goes by itself; a draft stays', async () => {
	await eva.page.getByRole('textbox', { name: 'Message' }).fill('half a thought');
	await choose(eva, 'Alex Morgan');
	await choose(eva, 'Launch');
	assert.equal(await eva.page.getByRole('textbox', { name: 'Message' }).inputValue(), 'half a thought');
	await eva.context.setOffline(true);
	await say(eva, 'Sent from a tunnel');
	await log(eva).getByText('Waiting for the connection').waitFor();
	await eva.context.setOffline(false);
	await log(alex).getByText('Sent from a tunnel').waitFor({ timeout: 30000 });
	await log(eva).getByText('Waiting for the connection').waitFor({ state: 'detached' });
	eva.problems.splice(0, Infinity, ...eva.problems.filter((problem) => !/ERR_INTERNET_DISCONNECTED/.test(problem)));
});

test('renamed, slow mode, another owner; who is taken out loses it at once', async () => {
	await openDetails(alex);
	const details = dialog(alex, 'Group details');
	await details.getByRole('textbox', { name: 'Name of the group' }).fill('Launch party');
	await details.getByRole('button', { name: 'Save name' }).click();
	await eva.page.getByRole('heading', { name: 'Launch party' }).waitFor();
	await list(noor).getByText('Launch party').waitFor();
	await details.getByRole('combobox', { name: 'Slow mode' }).selectOption('30');
	await eva.page.getByText('Slow mode: members wait 30 seconds between two messages. You do not.').waitFor();
	await details.getByRole('combobox', { name: 'Slow mode' }).selectOption('0');
	await eva.page.getByText('Slow mode:').waitFor({ state: 'detached' });
	await details.getByRole('button', { name: 'Make Eva Lind an owner' }).click();
	await members(alex).getByRole('listitem').filter({ hasText: 'Eva Lind' }).getByText('Owner').waitFor();
	await details.getByRole('button', { name: 'Remove Noor Haddad from the group' }).click();
	await told(noor, 'You are no longer in Launch party');
	await log(noor).waitFor({ state: 'detached' });
	await noor.page.getByText('Nothing with colleagues yet').waitFor();
	await say(eva, 'Without Noor');
	await alex.page.keyboard.press('Escape');
	await log(alex).getByText('Without Noor').waitFor();
	await noor.page.getByRole('searchbox', { name: 'Search' }).fill('parrot');
	await noor.page.getByText('Nothing found').waitFor();
	await noor.page.getByRole('searchbox', { name: 'Search' }).fill('');

	await openDetails(eva);
	await dialog(eva, 'Group details').getByRole('checkbox', { name: /Noor Haddad/ }).check();
	await Promise.all([told(noor, 'Eva Lind added you to Launch party'), dialog(eva, 'Group details').getByRole('button', { name: 'Add', exact: true }).click()]);
	await members(eva).getByText('Noor Haddad').waitFor();
	await eva.page.keyboard.press('Escape');
	await choose(noor, 'Launch party');
	await log(noor).getByText('Without Noor').waitFor();
});

test('a call of the group rings the others; one answers, one declines; its card stays', async () => {
	await startCall(alex);
	await incoming(eva).getByText('Alex Morgan calls in Launch party').waitFor();
	await incoming(noor).waitFor();
	assert.equal(await incoming(sam).count(), 0);
	await incoming(eva).getByRole('button', { name: 'Accept' }).click();
	await incoming(noor).getByRole('button', { name: 'Decline' }).click(); // it rings for 45 s
	await region(alex, 'Eva Lind').waitFor({ timeout: 60000 });
	await region(eva, 'Alex Morgan').waitFor({ timeout: 60000 });
	await noor.page.getByRole('button', { name: 'Join call' }).waitFor();
	await control(eva, 'Chat').click();
	const panel = callDialog(eva).getByRole('complementary', { name: 'Chat' });
	await panel.getByRole('textbox', { name: 'Message' }).fill('Where is Noor?');
	await panel.getByRole('button', { name: 'Send' }).click();
	await log(noor).getByText('Where is Noor?').waitFor();
	await control(alex, 'Chat, 1 new message').waitFor();
	await control(alex, 'Add people').click();
	await callDialog(alex).getByRole('button', { name: /^Call Noor/ }).click();
	await incoming(noor).getByText('Alex Morgan calls in Launch party').waitFor();
	await incoming(noor).getByRole('button', { name: 'Decline' }).click();
	await list(noor).getByText('In call').waitFor();
	await control(eva, 'Leave call').click();
	await control(alex, 'Leave call').click();
	await callDialog(alex).waitFor({ state: 'hidden' });
	await log(noor).getByText('Video call').first().waitFor({ timeout: 30000 });
	await list(noor).getByText('In call').waitFor({ state: 'detached' });
});

test('reload: everything is there; leaving is asked once more', async () => {
	await noor.page.reload();
	await noor.page.getByRole('heading', { name: 'Launch party' }).waitFor();
	await log(noor).getByText('Without Noor').waitFor();
	await openDetails(noor);
	await noor.page.getByRole('button', { name: 'Leave group' }).click();
	await noor.page.getByText('Leave Launch party? Only an owner can let you in again.').waitFor();
	await noor.page.getByRole('button', { name: 'Leave group' }).click();
	await noor.page.getByText('Nothing with colleagues yet').waitFor();
	await alex.page.getByText('2 members').waitFor();
});

test('into a call between two a third is let: for this call, and not into the conversation', async () => {
	await choose(alex, 'Eva Lind');
	await startCall(alex);
	await incoming(eva).getByRole('button', { name: 'Accept', exact: true }).click();
	await region(alex, 'Eva Lind').waitFor({ timeout: 60000 });
	await control(alex, 'Add people').click();
	const people = callDialog(alex).getByRole('group', { name: 'Add people' });
	await people.getByText('Others come into this call only: they do not see the conversation.').waitFor();
	await people.getByRole('button', { name: 'Call Noor Haddad' }).focus();
	await alex.page.keyboard.press('Enter');
	await incoming(noor).getByRole('button', { name: 'Accept', exact: true }).click();
	for (const person of [alex, eva]) await region(person, 'Noor Haddad').waitFor({ timeout: 60000 });
	for (const name of ['Alex Morgan', 'Eva Lind']) await region(noor, name).waitFor({ timeout: 60000 });
	await people.getByText('In the call').first().waitFor();
	assert.equal(await control(noor, 'Chat').count(), 0, 'there is no conversation of hers');
	assert.equal(await control(noor, 'Add people').count(), 0);
	for (const person of [noor, eva, alex]) await control(person, 'Leave call').click();
	await callDialog(noor).waitFor({ state: 'hidden' });
	await noor.page.getByText('Nothing with colleagues yet').waitFor();
	await log(alex).getByText('Video call').last().waitFor({ timeout: 30000 });
});

test('a customer has no way there', async () => {
	assert.equal(await sam.page.getByRole('group', { name: 'Whom you write with' }).count(), 0);
	await sam.page.goto(`${daemon.url}/#/c/direct.admin.eva`);
	await sam.page.getByText('How can we help?').waitFor();
	const cleo = await addPerson(daemon, 'cleo');
	assert.deepEqual((await cleo.call('GET', '/api/v1/channels')).body.channels, []);
	await say(sam, 'Is anybody there?');
	await tab(alex, 'Customers').getByRole('img', { name: '1 new message' }).waitFor();
	await tab(alex, 'Customers').click();
	await chooseConversation(alex, 'Sam Rivera');
	await log(alex).getByText('Is anybody there?').waitFor();
	await alex.screenshot('channels');
});

test('no error in any console', () => {
	for (const person of pages) person.assertQuiet();
});
