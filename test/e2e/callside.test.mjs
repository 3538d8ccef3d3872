// SPDX-License-Identifier: Apache-2.0
// What is around a call: its conversation beside the pictures, colleagues who are asked in, and how it was, afterwards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { callDialog, chooseConversation, control, incoming, region, say, signInByLink, startCall } from '../lib/app.mjs';
import { launchChromium, until } from '../lib/browser.mjs';
import { confab, startConfabd } from '../lib/confabd.mjs';

let daemon, browser, alex, dana, sam;
before(async () => {
	daemon = await startConfabd();
	confab(['user', 'add', 'dana', '--role', 'admin', '--name', 'Dana Fox', '--password-stdin', '--data', daemon.data], 'a long password\n');
	const link = confab(['link', 'create', '--user', 'dana', '--url', daemon.url, '--data', daemon.data]).match(/http\S+/)[0];
	browser = await launchChromium({ fps: 5 });
	[alex, dana, sam] = [
		await signInByLink(browser, daemon.links.admin),
		await signInByLink(browser, link),
		await signInByLink(browser, daemon.links.user, { viewport: { width: 390, height: 844 }, hasTouch: true }),
	];
	await chooseConversation(alex, 'Sam Rivera');
	await say(sam, 'Can you see it?');
	await alex.page.getByRole('log').getByText('Can you see it?').waitFor();
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
});

const panel = (person) => callDialog(person).getByRole('complementary', { name: 'Chat' });
const chatButton = (person) => callDialog(person).getByRole('button', { name: /^Chat/ });
const notice = (person, text) => person.page.getByRole('status').filter({ hasText: text }).first().waitFor();
const card = (person) => person.page.getByRole('region', { name: 'Call ended' });
const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);

test('the conversation beside the pictures: both sides write, and nothing is fetched again', async () => {
	await startCall(sam);
	await incoming(dana).waitFor(); // the whole team rings
	await incoming(alex).getByRole('button', { name: 'Accept' }).click();
	await region(alex, 'Sam Rivera').waitFor({ timeout: 60000 });
	await region(sam, 'Alex Morgan').waitFor({ timeout: 60000 });

	const asked = [];
	for (const { page } of [alex, sam]) page.on('request', (request) => request.method() === 'GET' && request.url().includes('/messages') && asked.push(request.url()));
	await chatButton(alex).click();
	await panel(alex).getByRole('log').getByText('Can you see it?').waitFor();
	await until('the text box has the focus', () => hasFocus(panel(alex).getByRole('textbox', { name: 'Message' })), Boolean);
	await alex.page.keyboard.type('Turn it round, please.');
	await alex.page.keyboard.press('Enter');
	await notice(sam, 'Alex Morgan: Turn it round, please.');
	await chatButton(sam).and(sam.page.getByRole('button', { name: 'Chat, 1 new message' })).click();
	await panel(sam).getByRole('log').getByText('Turn it round, please.').waitFor();
	await sam.page.bringToFront();
	await panel(alex).getByRole('img', { name: 'Read' }).waitFor();
	await panel(sam).getByRole('textbox', { name: 'Message' }).pressSequentially('Like', { delay: 20 });
	await panel(alex).getByText('Sam Rivera is writing…').waitFor();
	assert.deepEqual(asked, [], 'the conversation was there already');
});

test('on a desktop the pictures keep their room; on a phone the chat is a sheet over their lower part', async () => {
	const [stage, side] = [await callDialog(alex).locator('.cf-stage').boundingBox(), await panel(alex).boundingBox()];
	assert.ok(stage.x + stage.width <= side.x, 'beside each other');
	const sheet = await panel(sam).boundingBox();
	const controls = await callDialog(sam).getByRole('group', { name: 'Call controls' }).boundingBox();
	assert.deepEqual([sheet.x, sheet.width], [0, 390]);
	assert.ok(sheet.y > 150 && sheet.y + sheet.height <= controls.y + 1, 'the pictures are still to be seen, and the buttons can be pressed');
	const small = await panel(sam).locator('button, textarea').evaluateAll((all) => all.filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5 && !one.matches('.cf-link, .cf-more__button')).map((one) => one.outerHTML));
	assert.deepEqual(small, []);
	await alex.screenshot('call-chat');
	await sam.screenshot('call-chat-phone');
});

test('Escape closes the chat and not the call, and the focus is where it was; what was being written stays', async () => {
	await sam.page.keyboard.press('Escape');
	await panel(sam).waitFor({ state: 'detached' });
	assert.ok(await callDialog(sam).isVisible());
	assert.ok(await hasFocus(chatButton(sam)));
	await sam.page.keyboard.press('c');
	assert.equal(await panel(sam).getByRole('textbox', { name: 'Message' }).inputValue(), 'Like');
	await panel(sam).getByRole('button', { name: 'Close the chat' }).click();
	await control(alex, 'Make the call small').click();
	await panel(alex).waitFor({ state: 'detached' });
	await alex.page.getByRole('log').getByText('Turn it round, please.').waitFor();
	await control(alex, 'Make the call large').click();
	await panel(alex).getByRole('textbox', { name: 'Message' }).press('Escape');
	await panel(alex).waitFor({ state: 'detached' });
	assert.ok(await callDialog(alex).isVisible());
});

test('a colleague is asked in: may decline, comes; the customer is told who it is, and asks nobody', async () => {
	assert.equal(await control(sam, 'Add people').count(), 0);
	await control(alex, 'Add people').click();
	const list = callDialog(alex).getByRole('group', { name: 'Add people' });
	await list.getByRole('button', { name: 'Call Dana Fox' }).click();
	await list.getByText('Calling…').waitFor();
	await incoming(dana).getByText('Alex Morgan asks you into the call with Sam Rivera').waitFor();
	await alex.screenshot('call-add-people');
	await incoming(dana).getByRole('button', { name: 'Decline' }).click();
	await notice(alex, 'Dana Fox did not come');
	await list.getByRole('button', { name: 'Call Dana Fox' }).click();
	await incoming(dana).getByRole('button', { name: 'Accept', exact: true }).click();
	await notice(sam, 'Dana Fox joined');
	await region(sam, 'Dana Fox').waitFor({ timeout: 60000 });
	await list.getByText('In the call').waitFor();
	await chatButton(dana).click();
	await panel(dana).getByRole('log').getByText('Turn it round, please.').waitFor();
});

test('afterwards: the card hides nothing, says who is still there, and leads back', async () => {
	await control(alex, 'Leave call').click();
	await card(alex).getByText('Dana Fox and Sam Rivera are still in the call').or(card(alex).getByText('Sam Rivera and Dana Fox are still in the call')).waitFor();
	const box = await card(alex).boundingBox();
	for (const part of ['.cf-header', '.cf-supportbar', '.cf-livebar', '.cf-composer']) {
		const other = await alex.page.locator(part).first().boundingBox().catch(() => null);
		if (other) assert.ok(box.y >= other.y + other.height || box.y + box.height <= other.y, `it covers ${part}`);
	}
	await alex.screenshot('call-ended-others');
	await card(alex).getByRole('button', { name: 'Join again' }).click();
	await region(alex, 'Sam Rivera').waitFor({ timeout: 60000 });
	await card(alex).waitFor({ state: 'detached' });
	for (const person of [alex, dana, sam]) await control(person, 'Leave call').click();
	await card(alex).getByRole('button', { name: 'Call again' }).waitFor();
	await card(alex).getByText(/\d:\d\d with Sam Rivera/).waitFor();
	await alex.page.getByRole('log').getByText('Video call', { exact: true }).waitFor();
	assert.equal(await alex.page.getByRole('log').getByText(/declined|no answer|Missed/).count(), 0, 'who was asked in leaves no missed call');
});

test('how it was: kept with the call, and there for the team; the card goes when one writes', async () => {
	await card(sam).getByRole('radio', { name: 'Bad', exact: true }).check({ force: true });
	await card(sam).getByRole('textbox', { name: /What was wrong/ }).fill('The picture stood still.');
	await sam.screenshot('call-ended-rating-phone');
	await card(sam).getByRole('button', { name: 'Send' }).click();
	await card(sam).getByText('Thank you for telling us.').waitFor();
	await card(dana).getByRole('radio', { name: 'Very good' }).check({ force: true });
	await card(dana).getByText('Thank you for telling us.').waitFor();
	await sam.page.getByRole('textbox', { name: 'Message' }).fill('Bye!');
	await card(sam).waitFor({ state: 'detached' });
	await alex.page.getByRole('link', { name: 'Calls' }).click();
	const row = alex.page.getByRole('row').nth(1);
	await row.getByText('The picture stood still.').waitFor();
	await row.getByRole('img', { name: 'Very good' }).waitFor();
	await alex.screenshot('call-history-rated');
});

test('nobody answered: a message instead', async () => {
	await startCall(sam);
	await incoming(dana).waitFor();
	await callDialog(sam).getByRole('timer').waitFor(); // who leaves before the call began has had none
	await control(sam, 'Leave call').click();
	assert.equal(await card(sam).getByRole('radio').count(), 0, 'there is nothing to rate');
	await card(sam).getByText('Support did not answer').waitFor();
	await card(sam).getByRole('button', { name: 'Leave a message' }).click();
	await card(sam).waitFor({ state: 'detached' });
	await until('the place to write', () => hasFocus(sam.page.getByRole('textbox', { name: 'Message' })), Boolean);
});

test('no error in any console', () => {
	for (const person of [alex, dana, sam]) person.assertQuiet();
});
