// SPDX-License-Identifier: Apache-2.0
// How a call ends for the customer: whoever hangs up, whoever does not come; each time the window goes, the camera is off, and
// what can be done next is offered.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { assertAccessible } from '../lib/accessible.mjs';
import { callDialog, control, incoming } from '../lib/app.mjs';
import { assertVideoAdvances, until } from '../lib/browser.mjs';
import { openShop } from '../lib/shop.mjs';
import { box, callTeam, callWindow, openChat, panel } from '../lib/widget.mjs';

const SLOW = 60000; // a busy machine of two cores
let scene, guest;
before(async () => {
	scene = await openShop();
	guest = await scene.visit();
	guest.context.setDefaultTimeout(SLOW);
	scene.admin.context.setDefaultTimeout(SLOW);
	await openChat(guest);
});
after(() => scene?.close());
afterEach(() => {
	guest.assertQuiet();
	scene.admin.assertQuiet();
});

const card = () => guest.page.getByRole('region', { name: 'Call ended' });
const again = () => card().getByRole('button', { name: 'Call again' });
const call = () => callTeam(guest);
const answer = (person) => incoming(person).getByRole('button', { name: 'Accept', exact: true }).click();
const talking = () => assertVideoAdvances(callWindow(guest).getByRole('region', { name: 'Alex Morgan', exact: true }), 3, SLOW);

async function over() {
	await callWindow(guest).waitFor({ state: 'detached' });
	const tracks = () => guest.page.evaluate(() => window.opened.filter((track) => track.readyState === 'live').length);
	await until('camera and microphone are off', tracks, (n) => n === 0, SLOW);
}

test('declined: a message can be left, or called again', async () => {
	await guest.page.evaluate(() => {
		window.opened = [];
		const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
		navigator.mediaDevices.getUserMedia = async (how) => {
			const stream = await ask(how);
			window.opened.push(...stream.getTracks());
			return stream;
		};
	});
	await call();
	await incoming(scene.admin).getByRole('button', { name: 'Decline', exact: true }).click();
	await card().getByText('Nobody can take the call right now').waitFor();
	await over();
	assert.equal(await card().getByText('How was the call?').count(), 0, 'there was none');
	await assertAccessible(guest);
	await guest.screenshot('widget-declined');
	await card().getByRole('button', { name: 'Leave a message' }).click();
	await card().waitFor({ state: 'detached' });
	await until('one can write', () => box(guest).evaluate((area) => area.getRootNode().activeElement === area), Boolean);
});

test('nobody answers: the window goes by itself', async () => {
	const rings = (ms) => scene.admin.page.evaluate(async (timeout) => {
		const ring = { incoming_call_timeout_ms: timeout, auto_cancel_timeout_ms: timeout, missed_call_timeout_ms: timeout };
		const body = JSON.stringify({ settings: { ring } });
		return (await fetch('/api/v1/calltypes/default', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body })).ok;
	}, ms);
	assert.ok(await rings(8000)); // time to see it ring, on a busy machine, too
	await call();
	await incoming(scene.admin).waitFor();
	await card().getByText('Nobody answered').waitFor();
	await over();
	await rings(45_000);
	await card().getByRole('button', { name: 'Close' }).click();
	await card().waitFor({ state: 'detached' });
});

test('who hangs up is told how long it was, and asked how', async () => {
	await call();
	await answer(scene.admin);
	await talking();
	await callWindow(guest).getByRole('button', { name: 'Leave call' }).click();
	await over();
	await card().getByText(/^\d:\d\d$/).or(card().getByText(/Call ended \d:\d\d/)).waitFor();
	await card().getByRole('radio', { name: 'Very good' }).check({ force: true });
	await card().getByText('Thank you for your answer.').waitFor();
	await guest.screenshot('widget-ended');
	await control(scene.admin, 'Leave call').click();
	await callDialog(scene.admin).waitFor({ state: 'detached' });
});

test('called again; then the one of the team closes the tab', async () => {
	const page = await scene.admin.context.newPage();
	await page.goto(scene.admin.page.url());
	await page.getByRole('list', { name: 'Conversations' }).getByRole('listitem').first().waitFor();
	await again().click();
	await answer({ page });
	await talking();
	await page.close();
	await callWindow(guest).getByText('Alex Morgan left').waitFor();
	await over();
	await card().getByText('How was the call?').waitFor();
	await again().waitFor();
});

test('a second window goes on with the call; the first one says so, and takes it back', async () => {
	await again().click();
	await answer(scene.admin);
	await talking();
	const page = await guest.context.newPage();
	await page.goto(scene.shop.origin);
	await panel({ page }).getByRole('button', { name: 'Continue here' }).or(page.getByRole('button', { name: /^Open chat/ })).first().waitFor();
	if (!(await panel({ page }).count())) await openChat({ page });
	await panel({ page }).getByRole('button', { name: 'Continue here' }).click();
	await assertVideoAdvances(callWindow({ page }).getByRole('region', { name: 'Alex Morgan', exact: true }), 3, SLOW);
	await card().getByText('You are in this call in another window').waitFor();
	await over();
	assert.equal(await card().getByText('How was the call?').count(), 0, 'it goes on');
	await guest.screenshot('widget-elsewhere');
	await card().getByRole('button', { name: 'Continue here' }).click();
	await talking();
	await callWindow({ page }).waitFor({ state: 'detached' });
	await page.close();
	await control(scene.admin, 'Leave call').click();
	await over();
});
