// SPDX-License-Identifier: Apache-2.0
// The main job, word for word (M12, M13): sign in, chat, camera button, toast, both see and hear each other; then the
// controls (M14). Through our own SFU, in real Chromium.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startConfabd } from '../lib/confabd.mjs';
import { assertVideoAdvances, launchChromium, received, stats, until } from '../lib/browser.mjs';
import { callDialog, callIsOver, chooseConversation, control, incoming, region, say, signInByLink, startCall, toast } from '../lib/app.mjs';

let daemon, browser, admin, user, names;
before(async () => {
	daemon = await startConfabd();
	browser = await launchChromium();
	admin = await signInByLink(browser, daemon.links.admin);
	user = await signInByLink(browser, daemon.links.user);
	const name = (person) => person.page.evaluate(async () => (await (await fetch('/api/auth/session')).json()).user.name);
	names = { admin: await name(admin), user: await name(user) };
});
after(async () => {
	await browser.close();
	await daemon.stop();
});

test('after sign-in the token is gone from the address', () => {
	for (const person of [admin, user]) assert.equal(new URL(person.page.url()).hash, '');
});

test('as admin: choose the conversation; a message goes each way', async () => {
	await chooseConversation(admin, names.user);
	await say(user, 'My order has not arrived.');
	await admin.page.getByText('My order has not arrived.').last().waitFor();
	await say(admin, 'Let me look at it with you.');
	await user.page.getByText('Let me look at it with you.').last().waitFor();
});

test('as admin: camera button, modal, toast; the user is shown the call and accepts; both see and hear each other', async () => {
	await startCall(admin);
	await callDialog(admin).waitFor();
	await toast(admin).waitFor();
	await incoming(user).waitFor();
	await user.screenshot('incoming');
	await incoming(user).getByRole('button', { name: 'Accept' }).click();
	await callDialog(user).waitFor();
	await toast(user).waitFor();
	await incoming(user).waitFor({ state: 'hidden' });
	await Promise.all([assertVideoAdvances(region(admin, names.user), 30), assertVideoAdvances(region(user, names.admin), 30)]);
	for (const person of [admin, user]) {
		const before = await received(person.page);
		await until('decoded frames and audio energy', () => received(person.page),
			(now) => now.frames > before.frames + 15 && now.energy > before.energy && now.energy > 0);
	}
	await admin.screenshot('call-admin');
	await user.screenshot('call-user');
	for (const person of [admin, user]) {
		assert.ok(person.lines.some((line) => line.includes('Connected to Confab')), 'Connected to Confab');
		assert.ok(person.lines.some((line) => line.includes('Video call joined')), 'Video call joined');
		assert.ok(!person.lines.some((line) => line.includes('User token is not set')));
	}
});

test('all media goes through the server', async () => {
	for (const report of await stats(user.page)) {
		if (report.type === 'remote-candidate') assert.equal(report.candidateType, 'host');
	}
	const pairs = (await stats(user.page)).filter((report) => report.type === 'transport');
	assert.equal(pairs.length, 2, 'one publisher and one subscriber transport');
	for (const pair of pairs) {
		assert.equal(pair.dtlsState, 'connected');
		assert.match(pair.srtpCipher, /AEAD_AES_128_GCM$/);
	}
});

test('mute and unmute are seen by the other side', async () => {
	await control(user, 'Mute').click();
	await region(admin, names.user).getByRole('img', { name: 'Muted' }).or(region(admin, names.user).getByText('Muted')).first().waitFor();
	await control(user, 'Unmute').click();
	await region(admin, names.user).getByRole('img', { name: 'Muted' }).or(region(admin, names.user).getByText('Muted')).first().waitFor({ state: 'hidden' });
});

test('camera off and on is seen by the other side', async () => {
	await control(user, 'Turn camera off').click();
	await region(admin, names.user).locator('video').first().waitFor({ state: 'hidden' });
	await control(user, 'Turn camera on').click();
	await assertVideoAdvances(region(admin, names.user), 10);
});

test('a shared screen is seen by the other side, and goes away', async () => {
	await control(admin, 'Share screen').click();
	await assertVideoAdvances(region(user, `${names.admin}'s screen`), 3);
	await user.screenshot('screen-share');
	await control(admin, 'Stop sharing').click();
	await region(user, `${names.admin}'s screen`).waitFor({ state: 'detached' });
	await assertVideoAdvances(region(user, names.admin), 10);
});

test('leave ends the call for the leaver only; pressing the camera button joins the same call again', async () => {
	await control(user, 'Leave call').click();
	await callDialog(user).waitFor({ state: 'hidden' });
	await region(admin, names.user).waitFor({ state: 'detached' });
	assert.ok(await callDialog(admin).isVisible());
	await startCall(user);
	await toast(user).waitFor();
	await Promise.all([assertVideoAdvances(region(admin, names.user)), assertVideoAdvances(region(user, names.admin))]);
	await control(admin, 'Leave call').click();
	await control(user, 'Leave call').click();
	await callDialog(admin).waitFor({ state: 'hidden' });
	await callDialog(user).waitFor({ state: 'hidden' });
	await callIsOver(user);
});

test('as user: video button, and the same; declining hides the call', async () => {
	await startCall(user);
	await toast(user).waitFor();
	await incoming(admin).waitFor();
	await incoming(admin).getByRole('button', { name: 'Decline' }).click();
	await incoming(admin).waitFor({ state: 'hidden' });
	assert.ok(await callDialog(user).isVisible());
	await startCall(admin);
	await toast(admin).waitFor();
	await Promise.all([assertVideoAdvances(region(admin, names.user)), assertVideoAdvances(region(user, names.admin))]);
	await control(admin, 'Leave call').click();
	await control(user, 'Leave call').click();
	await callDialog(user).waitFor({ state: 'hidden' });
});

test('after a reload the messages are there, and nobody is in a call', async () => {
	await user.page.reload();
	await user.page.getByText('Let me look at it with you.').last().waitFor();
	assert.equal(await callDialog(user).isVisible(), false);
});

test('no error in any console', () => {
	admin.assertQuiet();
	user.assertQuiet();
});
