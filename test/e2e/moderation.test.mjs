// SPDX-License-Identifier: Apache-2.0
// An admin keeps order in a call: mutes somebody, grants what they ask for, removes them, blocks them and lets them in again.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startConfabd } from '../lib/confabd.mjs';
import { assertVideoAdvances, launchChromium } from '../lib/browser.mjs';
import { callDialog, callIsOver, chooseConversation, control, incoming, region, signInByLink, startCall, toast } from '../lib/app.mjs';

let daemon, browser, admin, user, names;
before(async () => {
	daemon = await startConfabd();
	browser = await launchChromium();
	admin = await signInByLink(browser, daemon.links.admin);
	user = await signInByLink(browser, daemon.links.user);
	const me = (person) => person.page.evaluate(async () => (await (await fetch('/api/auth/session')).json()).user);
	names = { admin: await me(admin), user: await me(user) };
	await chooseConversation(admin, names.user.name);
});
after(async () => {
	await browser.close();
	await daemon.stop();
});

async function meet() {
	await startCall(user);
	await incoming(admin).getByRole('button', { name: /^Accept/ }).first().click();
	await toast(admin).waitFor();
	await assertVideoAdvances(region(admin, names.user.name), 5, 30000);
}
const menuItem = async (name) => {
	await control(admin, `Options for ${names.user.name}`).click();
	await callDialog(admin).getByRole('menuitem', { name }).click();
};
const post = (person, verb, body) => person.page.evaluate(async ([path, body]) => {
	const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
	return answer.status;
}, [`/api/v1/call/default/chat-${names.user.id}/${verb}`, body]);

test('mute: the other is told, and may unmute; the customer has no such menu', async () => {
	await meet();
	assert.equal(await control(user, `Options for ${names.admin.name}`).count(), 0);
	await control(user, 'Mute').waitFor();
	await menuItem('Mute');
	await control(user, 'Unmute').waitFor();
	await region(admin, names.user.name).getByRole('img', { name: 'Muted' }).waitFor();
	await control(user, 'Unmute').click();
	await control(user, 'Mute').waitFor();
	await region(admin, names.user.name).getByRole('img', { name: 'Muted' }).waitFor({ state: 'detached' });
});

test('the menu works by keyboard: arrows, Escape, and the call goes on', async () => {
	await control(admin, `Options for ${names.user.name}`).focus();
	await admin.page.keyboard.press('Enter');
	await callDialog(admin).getByRole('menuitem', { name: 'Mute' }).waitFor();
	await admin.page.keyboard.press('ArrowDown');
	const focused = () => admin.page.evaluate(() => document.activeElement?.textContent?.trim());
	assert.equal(await focused(), 'Turn their camera off');
	await admin.page.keyboard.press('End');
	assert.equal(await focused(), 'Block');
	await admin.page.keyboard.press('Escape');
	assert.equal(await callDialog(admin).getByRole('menuitem').count(), 0);
	assert.ok(await callDialog(admin).isVisible());
});

test('a right that was taken is asked for, seen, and granted', async () => {
	assert.equal(await post(admin, 'user_permissions', { user_id: names.user.id, revoke_permissions: ['send-audio'] }), 200);
	await control(user, 'Mute').waitFor({ state: 'detached' });
	await control(user, 'Ask for the microphone').click();
	const request = callDialog(admin).getByText(`${names.user.name} asks for the microphone`);
	await request.waitFor();
	await callDialog(admin).getByRole('button', { name: 'Allow' }).click();
	await request.waitFor({ state: 'detached' });
	await callDialog(user).getByRole('button', { name: /^(Mute|Unmute)$/ }).waitFor();
});

test('remove: they are out, and may come back', async () => {
	await menuItem('Remove from the call');
	await callDialog(user).waitFor({ state: 'detached' });
	await region(admin, names.user.name).waitFor({ state: 'detached' });
	await control(admin, 'Leave call').click();
	await callDialog(admin).waitFor({ state: 'detached' });
	await callIsOver(user);
	await meet();
});

test('block: they are out, are told why they do not get in, and can be let in again', async () => {
	await menuItem('Block');
	await callDialog(user).waitFor({ state: 'detached' });
	const blocked = callDialog(admin).getByText(`${names.user.name} is blocked from this call`);
	await blocked.waitFor();
	await startCall(user);
	await callDialog(user).getByRole('alert').waitFor();
	await callDialog(user).getByRole('button', { name: 'Close' }).click();
	await callDialog(admin).getByRole('button', { name: 'Unblock' }).click();
	await blocked.waitFor({ state: 'detached' });
	await startCall(user);
	await assertVideoAdvances(region(user, names.admin.name), 5, 30000);
	await control(user, 'Leave call').click();
	await control(admin, 'Leave call').click();
	// the browser's own line about the refused join
	assert.deepEqual([...admin.problems, ...user.problems].filter((line) => !/40[34]/.test(line)), []);
});
