// SPDX-License-Identifier: Apache-2.0
// Everything by keyboard alone: no test here touches a mouse. Where the focus is, where it goes back to, and what is said.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { callDialog, incoming, region } from '../lib/app.mjs';
import { launchChromium, openPage, until } from '../lib/browser.mjs';
import { confab, startConfabd } from '../lib/confabd.mjs';

const PASSWORD = 'correct horse battery';

let daemon, browser, admin, user;
before(async () => {
	daemon = await startConfabd();
	for (const [id, role, name] of [['ada', 'admin', 'Ada'], ['bob', 'user', 'Bob'], ['zoe', 'admin', 'Zoe']])
		confab(['user', 'add', id, '--role', role, '--name', name, '--password-stdin', '--data', daemon.data], `${PASSWORD}\n`);
	browser = await launchChromium({ fps: 10 });
	[admin, user] = await Promise.all([openPage(browser, daemon.url), openPage(browser, daemon.url)]);
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
});

const press = (person, ...keys) => keys.reduce((before_, key) => before_.then(() => person.page.keyboard.press(key)), Promise.resolve());
const type = (person, text) => person.page.keyboard.type(text);
/** The name of what has the focus. */
const focused = (person) =>
	person.page.evaluate(() => {
		const at = document.activeElement;
		return at?.getAttribute('aria-label') ?? at?.labels?.[0]?.textContent ?? at?.textContent ?? at?.tagName;
	});
const focusIs = (person, name) => until(`focus on ${name}`, () => focused(person), (now) => now.trim().startsWith(name));

/** Presses Tab (or Shift+Tab) until the thing with this name has the focus. */
async function tabTo(person, name, key = 'Tab', limit = 60) {
	for (let i = 0; i < limit; i++) {
		await press(person, key);
		if ((await focused(person)).trim().startsWith(name)) return;
	}
	assert.fail(`${key} does not lead to ${name}`);
}

async function signIn(person, id) {
	await focusIs(person, 'User ID');
	await type(person, id);
	await press(person, 'Tab');
	await type(person, PASSWORD);
	await press(person, 'Enter');
}

test('sign in', async () => {
	await signIn(user, 'bob');
	await signIn(admin, 'ada');
	await user.page.getByText('How can we help?').waitFor();
	await admin.page.getByRole('list', { name: 'Conversations' }).getByText('Bob').waitFor();
});

test('the first Tab offers to skip the bar', async () => {
	await admin.page.reload();
	await admin.page.getByRole('list', { name: 'Conversations' }).getByText('Bob').waitFor();
	await press(admin, 'Tab');
	await focusIs(admin, 'Skip to the content');
	assert.ok(await admin.page.getByRole('link', { name: 'Skip to the content' }).isVisible());
	await press(admin, 'Enter');
	assert.ok(await admin.page.evaluate(() => document.activeElement.matches('.cf-main, main')));
	assert.equal(await admin.page.evaluate(() => location.hash), '');
});

test('write: C goes to the message, Enter sends, and letters in it are letters', async () => {
	await press(user, 'Tab'); // out of nothing: keys are for the page
	await press(user, 'c');
	await focusIs(user, 'Message');
	await type(user, 'm v / ? c: is that so?');
	await press(user, 'Enter');
	await user.page.getByRole('log').getByText('m v / ? c: is that so?').waitFor();
	assert.equal(await user.page.getByRole('dialog').count(), 0);
});

test('find and open a conversation, answer, and use the menu of a message', async () => {
	await press(admin, '/');
	await focusIs(admin, 'Search');
	await type(admin, 'bob');
	await press(admin, 'Escape');
	assert.equal(await admin.page.getByRole('searchbox', { name: 'Search' }).inputValue(), '');
	await tabTo(admin, 'B'); // the first conversation: the avatar's letters come first
	await press(admin, 'Enter');
	await admin.page.getByRole('log').getByText('is that so?').waitFor();
	await tabTo(admin, 'Message options');
	await press(admin, 'Enter', 'ArrowRight', 'Enter');
	await admin.page.getByRole('button', { name: '❤️ by one person' }).waitFor();
	await focusIs(admin, 'Message options');
});

test('write to a colleague; make a group, and take somebody out of it', async () => {
	const list = admin.page.getByRole('list', { name: 'Direct messages and groups' });
	await press(admin, '/');
	await tabTo(admin, 'Colleagues');
	await press(admin, 'Enter');
	await tabTo(admin, 'New message');
	await press(admin, 'Enter');
	await admin.page.getByRole('dialog', { name: 'Write to a colleague' }).waitFor();
	await tabTo(admin, 'ZZoe'); // the avatar's letter comes first
	await press(admin, 'Enter');
	await admin.page.getByRole('heading', { name: 'Zoe' }).waitFor();
	await focusIs(admin, 'New message');
	await press(admin, 'c');
	await focusIs(admin, 'Message');
	await type(admin, 'Are you there?');
	await press(admin, 'Enter');
	await list.getByText('You: Are you there?').waitFor();

	await press(admin, '/');
	await tabTo(admin, 'New group');
	await press(admin, 'Enter');
	await tabTo(admin, 'Name of the group');
	await type(admin, 'Night shift');
	await tabTo(admin, 'ZZoe');
	await press(admin, 'Space');
	await tabTo(admin, 'Create group');
	await press(admin, 'Enter');
	await admin.page.getByRole('heading', { name: 'Night shift' }).waitFor();
	await tabTo(admin, 'More about this conversation');
	await press(admin, 'Enter');
	await focusIs(admin, 'Group details');
	await press(admin, 'Enter');
	await admin.page.getByRole('dialog', { name: 'Group details' }).waitFor();
	await tabTo(admin, 'Remove Zoe from the group');
	await press(admin, 'Enter');
	await focusIs(admin, 'Members'); // not lost with the button
	await press(admin, 'Escape');
	await admin.page.getByRole('dialog').waitFor({ state: 'detached' });
	await admin.page.getByText('1 member').waitFor();

	await press(admin, '/');
	await tabTo(admin, 'Colleagues');
	await tabTo(admin, 'NS'); // Night shift, the latest
	await press(admin, 'ArrowDown');
	await focusIs(admin, 'ZZoe');
	await tabTo(admin, 'Customers', 'Shift+Tab');
	await press(admin, 'Enter');
	await tabTo(admin, 'B');
	await press(admin, 'Enter');
	await admin.page.getByRole('log').getByText('is that so?').waitFor();
});

test('the list of keys: ? opens, Escape closes, the focus comes back', async () => {
	const before_ = await focused(admin);
	await press(admin, '?');
	const help = admin.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
	await help.getByText('Microphone on or off').waitFor();
	await press(admin, 'Tab', 'Tab', 'Tab');
	assert.ok(await admin.page.evaluate(() => document.activeElement.closest('[role=dialog]') !== null), 'Tab stays inside');
	await press(admin, 'Escape');
	await help.waitFor({ state: 'hidden' });
	await focusIs(admin, before_);
});

test('call: F6 leads to the ring, and it is answered', async () => {
	await tabTo(user, 'Start video call', 'Shift+Tab');
	await press(user, 'Enter');
	await incoming(admin).waitFor();
	await until('the title', () => admin.page.title(), (title) => title.startsWith('Bob is calling'));
	await press(admin, 'F6');
	await focusIs(admin, 'Accept');
	await press(admin, 'Enter');
	await region(admin, 'Bob').waitFor({ timeout: 60000 });
	await region(user, 'Ada').waitFor({ timeout: 60000 });
});

test('in the call: M and V, and both are announced', async () => {
	const said = (person, words) => callDialog(person).getByRole('status').filter({ hasText: words }).waitFor({ state: 'attached' });
	await press(admin, 'm');
	await said(admin, 'Microphone off');
	await region(user, 'Ada').getByLabel('Muted').waitFor();
	await press(admin, 'm');
	await said(admin, 'Microphone on');
	await press(admin, 'v');
	await said(admin, 'The camera is off');
	await press(admin, 'v');
	await said(admin, 'Camera on');
});

test('C leads to the chat beside the pictures, where letters are letters; Escape closes it, and not the call', async () => {
	await press(admin, 'c');
	await focusIs(admin, 'Message');
	await type(admin, 'm v s l n c');
	await press(admin, 'Enter');
	await user.page.getByRole('status').filter({ hasText: 'Ada: m v s l n c' }).first().waitFor();
	await press(user, 'c');
	await focusIs(user, 'Message');
	await callDialog(user).getByRole('log').getByText('m v s l n c').waitFor();
	await press(admin, 'Escape');
	await focusIs(admin, 'Chat');
	await press(user, 'Escape');
	await focusIs(user, 'Chat');
	assert.equal(await callDialog(user).getByRole('complementary').count(), 0);
	await tabTo(admin, 'Add people', 'Shift+Tab', 3);
	await press(admin, 'Enter');
	await callDialog(admin).getByRole('button', { name: 'Call Zoe' }).waitFor();
	await tabTo(admin, 'Call Zoe', 'Tab', 3);
	await press(admin, 'Escape');
	await focusIs(admin, 'Add people');
});

test('made small it leaves the page to the keyboard, moves by arrows, and becomes large again', async () => {
	await press(admin, 'n');
	const small = callDialog(admin);
	await until('not modal', () => small.getAttribute('aria-modal'), (modal) => modal === 'false');
	await press(admin, 'F6');
	await focusIs(admin, 'Move the call');
	const before_ = await small.boundingBox();
	await press(admin, 'ArrowLeft', 'ArrowLeft', 'ArrowUp');
	const after_ = await small.boundingBox();
	assert.deepEqual([after_.x, after_.y].map(Math.round), [before_.x - 64, before_.y - 32].map(Math.round));
	for (let i = 0; i < 60; i++) await press(admin, 'ArrowLeft');
	assert.ok((await small.boundingBox()).x >= 0, 'it stays on the page');
	await press(admin, 'F6'); // back to the page
	await press(admin, 'c');
	await focusIs(admin, 'Message');
	await type(admin, 'I can see you');
	await press(admin, 'Enter');
	await user.page.getByRole('log').getByText('I can see you').waitFor({ state: 'attached' });
	await tabTo(admin, 'Settings', 'Shift+Tab', 80);
	await press(admin, 'Enter');
	await admin.page.getByRole('heading', { name: 'Settings' }).waitFor();
	await region(admin, 'Bob').waitFor();
	await press(admin, 'F6');
	await tabTo(admin, 'Make the call large', 'Tab', 8);
	await press(admin, 'Enter');
	await until('modal', () => small.getAttribute('aria-modal'), (modal) => modal === 'true');
});

test('leave; how long it was is told, and the call can be taken up again', async () => {
	await tabTo(admin, 'Leave call');
	await press(admin, 'Enter');
	await callDialog(admin).waitFor({ state: 'hidden' });
	await admin.page.getByRole('region', { name: 'Call ended' }).getByText(/\d:\d\d with Bob/).waitFor();
	await tabTo(user, 'Leave call');
	await press(user, 'Enter');
	await focusIs(user, 'Start video call');
	await tabTo(user, 'Very bad');
	await press(user, 'Space', 'ArrowRight', 'ArrowRight', 'ArrowRight');
	await user.page.getByRole('region', { name: 'Call ended' }).getByText('Thank you for telling us.').waitFor();
});

test('settings: the language, the colours and the ring sound; all is remembered', async () => {
	await tabTo(admin, 'Language', 'Tab', 80);
	await press(admin, 'ArrowDown');
	await admin.page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
	await press(admin, 'ArrowDown');
	await until('right to left', () => admin.page.evaluate(() => [document.documentElement.lang, document.documentElement.dir].join()), (now) => now === 'ar,rtl');
	await press(admin, 'ArrowUp', 'ArrowUp');
	await admin.page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
	await press(admin, 'Tab', 'ArrowRight', 'ArrowRight');
	await until('dark', () => admin.page.evaluate(() => document.documentElement.dataset.theme), (now) => now === 'dark');
	await tabTo(admin, 'Ring sound');
	await press(admin, 'Space');
	await admin.page.reload();
	await admin.page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
	assert.equal(await admin.page.evaluate(() => document.documentElement.dataset.theme), 'dark');
	assert.equal(await admin.page.getByRole('switch', { name: 'Ring sound' }).isChecked(), false);
});

test('the name is changed, and the single keys switched off', async () => {
	await tabTo(admin, 'Single-key shortcuts');
	await press(admin, 'Space', '?');
	assert.equal(await admin.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).count(), 0);
	await tabTo(admin, 'Display name');
	await press(admin, 'Control+a');
	await type(admin, 'Ada Lovelace');
	await press(admin, 'Enter');
	await admin.page.getByRole('status').filter({ hasText: 'Your name was changed' }).waitFor();
	await admin.page.getByRole('group', { name: 'Signed in as Ada Lovelace' }).waitFor();
	await tabTo(admin, 'Sign out');
	await press(admin, 'Enter');
	await admin.page.getByRole('button', { name: 'Sign in' }).waitFor();
});

test('no error in any console', () => {
	admin.assertQuiet();
	user.assertQuiet();
});
