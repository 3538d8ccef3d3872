// SPDX-License-Identifier: Apache-2.0
// Ringing in four browser contexts: two of the team, and one customer on two devices. The server runs the ring.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { confab, startConfabd } from '../lib/confabd.mjs';
import { launchChromium, until } from '../lib/browser.mjs';
import { callDialog, chooseConversation, control, incoming, region, signInByLink, startCall, toast } from '../lib/app.mjs';
import { closeSdk, loadSdk } from '../lib/sdk.mjs';

const RING_MS = 8000; // time to see it ring, on a busy machine, too

let daemon, browser, alex, dana, sam, samsPhone;
before(async () => {
	daemon = await startConfabd();
	confab(['user', 'add', 'dana', '--role', 'admin', '--name', 'Dana Fox', '--password-stdin', '--data', daemon.data], 'a long password\n');
	const link = (user, url) => confab(['link', 'create', '--user', user, '--url', url, '--data', daemon.data]).match(/http\S+/)[0];
	browser = await launchChromium({ fps: 10 });
	[alex, dana, sam, samsPhone] = [
		await signInByLink(browser, daemon.links.admin),
		await signInByLink(browser, link('dana', daemon.url)),
		await signInByLink(browser, daemon.links.user),
		await signInByLink(browser, link('user', daemon.url), { viewport: { width: 390, height: 844 }, hasTouch: true }),
	];
	for (const person of [alex, dana]) await chooseConversation(person, 'Sam Rivera');
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
});

const everybody = () => [alex, dana, sam, samsPhone];
const rings = (person) => incoming(person).waitFor();
const silent = (person) => incoming(person).waitFor({ state: 'hidden' });
const press = (person, name) => incoming(person).getByRole('button', { name }).click();
const inCall = async (person) => {
	await callDialog(person).waitFor();
	await toast(person).waitFor();
};
const says = (person, text) => callDialog(person).getByText(text).waitFor();

async function leaveAll() {
	for (const person of everybody()) {
		if (await callDialog(person).isVisible()) await control(person, 'Leave call').click();
		await callDialog(person).waitFor({ state: 'hidden' });
		await silent(person);
	}
	// nobody is in it any more, so the next press of the button rings
	await sam.page.getByRole('button', { name: /Join call|Continue here/ }).waitFor({ state: 'hidden' });
	await alex.page.getByRole('button', { name: /Join call|Continue here/ }).waitFor({ state: 'hidden' });
}

test('accept: one of the team answers, the other stops ringing, the customer sees who it is', async () => {
	await startCall(sam);
	await inCall(sam);
	await says(sam, 'Calling Support…');
	await Promise.all([rings(alex), rings(dana)]);
	await alex.screenshot('ring-incoming');
	await sam.screenshot('ring-outgoing');
	assert.equal(await incoming(samsPhone).isVisible(), false, "the caller's other device does not ring");
	await press(dana, 'Accept');
	await inCall(dana);
	await silent(alex);
	await region(sam, 'Dana Fox').waitFor();
	await region(dana, 'Sam Rivera').waitFor();
	await leaveAll();
});

test('decline: one declines and the other still rings; when both have, the caller is told and can call again', async () => {
	await startCall(sam);
	await Promise.all([rings(alex), rings(dana)]);
	await press(alex, 'Decline');
	await silent(alex);
	assert.ok(await incoming(dana).isVisible());
	await press(dana, 'Decline');
	await says(sam, 'Support declined the call');
	await sam.screenshot('ring-declined');
	await callDialog(sam).getByRole('button', { name: 'Call again' }).click();
	await Promise.all([rings(alex), rings(dana)]);
	await press(alex, 'Accept');
	await inCall(alex);
	await silent(dana);
	await leaveAll();
});

test('an answer without a camera; and words instead of an answer', async () => {
	await startCall(sam);
	await Promise.all([rings(alex), rings(dana)]);
	await press(alex, 'Without camera');
	await inCall(alex);
	await control(alex, 'Turn camera on').waitFor();
	assert.equal(await alex.page.evaluate(() => JSON.parse(localStorage.getItem('confab.devices') ?? '{}').camera?.enabled ?? true), true,
		'for this call only');
	await leaveAll();
	await startCall(sam);
	await Promise.all([rings(alex), rings(dana)]);
	await press(dana, 'Decline');
	await press(alex, 'Write instead');
	await press(alex, 'Please write to me here.');
	await silent(alex);
	await says(sam, 'Support declined the call');
	const before = sam.page.viewportSize();
	await sam.page.setViewportSize({ width: 320, height: 640 }); // both do not fit beside each other
	for (const name of ['Call again', 'Leave a message']) {
		const { x, width } = await callDialog(sam).getByRole('button', { name }).boundingBox();
		assert.ok(x >= 0 && x + width <= 320, `${name} is on the screen: ${x} to ${x + width}`);
	}
	await sam.page.setViewportSize(before);
	await callDialog(sam).getByRole('button', { name: 'Leave a message' }).click();
	await callDialog(sam).waitFor({ state: 'hidden' });
	await sam.page.getByRole('log').getByText('Please write to me here.').waitFor();
	await until('the place to write', () => sam.page.evaluate(() => document.activeElement?.tagName), (tag) => tag === 'TEXTAREA');
	await leaveAll();
});

test('cancel: the caller leaves, and nobody rings any more', async () => {
	await startCall(sam);
	await Promise.all([rings(alex), rings(dana)]);
	await control(sam, 'Leave call').click();
	await Promise.all([silent(alex), silent(dana)]);
	await leaveAll();
});

test('two devices of one person: both ring, one answers, the other stops', async () => {
	await startCall(alex);
	await inCall(alex);
	await Promise.all([rings(sam), rings(samsPhone)]);
	await samsPhone.screenshot('ring-incoming-phone');
	assert.equal(await incoming(dana).isVisible(), false, 'a colleague is not called');
	await press(samsPhone, 'Accept');
	await inCall(samsPhone);
	await silent(sam);
	await region(alex, 'Sam Rivera').waitFor();
	await leaveAll();
	await startCall(alex);
	await Promise.all([rings(sam), rings(samsPhone)]);
	await press(sam, 'Decline');
	await Promise.all([silent(sam), silent(samsPhone)]);
	await says(alex, 'Sam Rivera declined the call');
	await leaveAll();
});

test('a team ring answered twice at once: one winner, five times', async () => {
	for (let round = 0; round < 5; round++) {
		await startCall(sam);
		await Promise.all([rings(alex), rings(dana)]);
		// held before, and not looked for again: a button that has gone already fails at once
		const buttons = await Promise.all([alex, dana].map((person) => incoming(person).getByRole('button', { name: 'Accept' }).elementHandle()));
		await Promise.all(buttons.map((button) => button.click().catch(() => {})));
		await Promise.all([silent(alex), silent(dana)]);
		await until('a winner', async () => [await callDialog(alex).isVisible(), await callDialog(dana).isVisible()],
			([a, b]) => a !== b);
		await until('one of the team in the call', () => callDialog(sam).getByRole('region').count(), (n) => n === 1);
		await leaveAll();
	}
});

test('busy: who is in a call is not rung', async () => {
	await loadSdk(sam);
	await sam.page.evaluate(async () => {
		await window.sdk.connect('busy');
		await window.sdk.call('busy', 'elsewhere').join({ create: true });
	});
	await startCall(alex);
	await says(alex, 'Sam Rivera is in another call');
	await callDialog(alex).getByRole('button', { name: 'Call again' }).waitFor();
	await callDialog(alex).getByRole('button', { name: 'Leave a message' }).waitFor();
	assert.equal(await incoming(sam).isVisible(), false);
	assert.equal(await incoming(samsPhone).isVisible(), false);
	await alex.page.getByRole('log').getByText('Video call, busy').last().waitFor({ state: 'attached' });
	await sam.page.getByRole('log').getByText('Missed call from Alex Morgan').last().waitFor();
	await alex.screenshot('ring-busy');
	await closeSdk(sam);
	await leaveAll();
});

test('timeout: it rings as long as the call type says, then both sides are told', async () => {
	const set = (ms) => alex.page.evaluate(async (timeout) => {
		const ring = { incoming_call_timeout_ms: timeout, auto_cancel_timeout_ms: timeout, missed_call_timeout_ms: timeout };
		const answer = await fetch('/api/v1/calltypes/default', {
			method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ settings: { ring } }),
		});
		return answer.status;
	}, ms);
	assert.ok((await set(RING_MS)) < 300);
	const start = Date.now();
	await startCall(alex);
	await Promise.all([rings(sam), rings(samsPhone)]);
	await Promise.all([silent(sam), silent(samsPhone)]);
	assert.ok(Date.now() - start >= RING_MS && Date.now() - start < RING_MS * 4, `${Date.now() - start} ms`);
	await says(alex, 'Sam Rivera did not answer');
	await set(30_000);
	await leaveAll();
});

test('duplicate ring: asked for twice, shown once', async () => {
	await startCall(alex);
	await rings(sam);
	await loadSdk(alex);
	await alex.page.evaluate(async () => {
		await window.sdk.connect('again');
		await window.sdk.call('again', 'chat-user').ring().catch(() => {});
		await window.sdk.call('again', 'chat-user').ring().catch(() => {});
	});
	assert.equal(await incoming(sam).count(), 1);
	await press(sam, 'Decline');
	await silent(sam);
	await closeSdk(alex);
	await leaveAll();
});

test('the caller vanishes: it stops ringing by itself', async () => {
	const tab = await sam.context.newPage();
	await tab.goto(daemon.url);
	const second = { page: tab };
	await startCall(second);
	await Promise.all([rings(alex), rings(dana)]);
	await tab.close();
	await Promise.all([silent(alex), silent(dana)]);
});

test('no error in any console', () => {
	for (const person of everybody()) {
		// the browser's own line about the accept that came second
		assert.deepEqual(person.problems.filter((line) => !/409/.test(line)), []);
	}
});
