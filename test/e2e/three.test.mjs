// SPDX-License-Identifier: Apache-2.0
// Three parties: the customer and two of the team, the third joins late and leaves first.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { confab, startConfabd } from '../lib/confabd.mjs';
import { assertVideoAdvances, launchChromium, openPage, received, until } from '../lib/browser.mjs';
import { callDialog, chooseConversation, control, incoming, region, signInByLink, startCall, toast } from '../lib/app.mjs';

let daemon, browser;
before(async () => {
	daemon = await startConfabd();
	confab(['user', 'add', 'mia', '--role', 'admin', '--name', 'Mia Berg', '--password-stdin', '--data', daemon.data], 'mia has a password\n');
	browser = await launchChromium();
});
after(async () => {
	await browser.close();
	await daemon.stop();
});

test('a three-party call works', async () => {
	const admin = await signInByLink(browser, daemon.links.admin);
	const user = await signInByLink(browser, daemon.links.user);
	const mia = await openPage(browser, daemon.url);
	await mia.page.getByLabel('User ID').fill('mia');
	await mia.page.getByLabel('Password').fill('mia has a password');
	await mia.page.getByRole('button', { name: 'Sign in' }).click();
	await mia.page.getByRole('list', { name: 'Conversations' }).waitFor();
	const name = (person) => person.page.evaluate(async () => (await (await fetch('/api/auth/session')).json()).user.name);
	const names = { admin: await name(admin), user: await name(user), mia: await name(mia) };
	assert.equal(names.mia, 'Mia Berg');

	await startCall(user);
	await toast(user).waitFor();
	for (const person of [admin, mia]) await incoming(person).waitFor();
	await incoming(admin).getByRole('button', { name: 'Accept', exact: true }).click();
	await toast(admin).waitFor();
	await incoming(mia).waitFor({ state: 'hidden' }); // answered by somebody else
	await chooseConversation(mia, names.user);
	await startCall(mia);
	await toast(mia).waitFor();
	const all = { admin, user, mia };
	await Promise.all(Object.keys(all).flatMap((viewer) => Object.keys(all)
		.filter((other) => other !== viewer)
		.map((other) => assertVideoAdvances(region(all[viewer], names[other]), 20, 30000))));
	for (const person of Object.values(all)) await until('audio', () => received(person.page), (now) => now.energy > 0);
	await user.screenshot('three');
	await control(mia, 'Leave call').click();
	await region(user, names.mia).waitFor({ state: 'detached' });
	await assertVideoAdvances(region(user, names.admin), 10);
	assert.ok(await callDialog(admin).isVisible());
	for (const person of Object.values(all)) person.assertQuiet();
});
