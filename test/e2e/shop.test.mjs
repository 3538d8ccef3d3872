// SPDX-License-Identifier: Apache-2.0
// A shop's day, from the first question in the widget to finding it again the next morning: a guest on a plain page of
// another site, under a strict CSP, and two of the team in the app. Any console error fails it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { callDialog, chooseConversation, control, incoming, region, say, signInByLink } from '../lib/app.mjs';
import { assertVideoAdvances, launchChromium, openPage, received, until } from '../lib/browser.mjs';
import { confab, root, startConfabd } from '../lib/confabd.mjs';
import { startShop } from '../lib/shop.mjs';
import { box, callTeam, callWindow, log, openChat, panel, write } from '../lib/widget.mjs';

const SLOW = 60000; // a busy machine of two cores
const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-shop-'));
const BELLA = 'Bella Novak';
let daemon, shop, browser, alex, bella, guest, visitor;

const teamLog = (person) => person.page.getByRole('log');
const receipt = (place, name) => place.getByRole('img', { name, exact: true }).last();
const appReceipt = (person, name) => receipt(teamLog(person), name);

before(async () => {
	shop = await startShop();
	const password = 'a password of nobody in particular';
	daemon = await startConfabd({ data, args: ['--widget-origin', shop.origin] });
	confab(['user', 'add', 'bella', '--role', 'admin', '--name', BELLA, '--password-stdin', '--data', data], `${password}\n`);
	const link = confab(['link', 'create', '--user', 'bella', '--url', daemon.url, '--data', data]).trim();
	shop.set(daemon.url);
	browser = await launchChromium();
	alex = await signInByLink(browser, daemon.links.admin);
	bella = await signInByLink(browser, link);
	guest = await openPage(browser, shop.origin);
	for (const { context } of [alex, bella, guest]) context.setDefaultTimeout(SLOW);
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
	shop?.close();
	fs.rmSync(data, { recursive: true, force: true });
});
afterEach(() => {
	for (const person of [alex, bella, guest]) person.assertQuiet();
});

test('a guest opens the chat on the shop and writes; the team is notified', async () => {
	await openChat(guest);
	await write(guest, 'Good morning! Does the samovar come with a teapot?');
	for (const person of [alex, bella]) {
		await person.page.getByRole('listitem').getByRole('img', { name: '1 new message' }).waitFor();
		await until('the title tells', () => person.page.title(), (title) => title.includes('1'), SLOW);
	}
	await receipt(log(guest), 'Delivered').waitFor();
	visitor = await guest.page.evaluate(() => JSON.parse(Object.values(localStorage).find((value) => value.includes('visitor-'))).id);
});

test('one of the team answers with a picture; both see the other write, and how far a message has come', async () => {
	await chooseConversation(alex, 'samovar');
	await teamLog(alex).getByText('Good morning!').waitFor();
	await alex.page.bringToFront();
	await receipt(log(guest), 'Read').waitFor();

	await alex.page.getByRole('textbox', { name: 'Message' }).pressSequentially('It does', { delay: 30 });
	await panel(guest).getByText('is writing…').waitFor();
	await alex.page.locator('input[type=file]').first().setInputFiles({ name: 'samovar.jpg', mimeType: 'image/jpeg', buffer: fs.readFileSync(path.join(root, 'test/vectors/pictures/turned.jpg')) });
	await until('the picture is there', () => alex.page.getByRole('button', { name: 'Send', exact: true }).isEnabled(), Boolean, SLOW);
	await say(alex, 'It does, look:');
	await log(guest).getByText('It does, look:').waitFor();
	const picture = log(guest).getByRole('img', { name: 'Picture: samovar.jpg' });
	await until('the picture is shown', () => picture.evaluate((image) => image.naturalWidth), (width) => width > 0, SLOW);

	await guest.page.bringToFront();
	await appReceipt(alex, 'Read').waitFor();
	await box(guest).pressSequentially('Lovely', { delay: 30 });
	await alex.page.getByRole('status').getByText('is writing…').waitFor();
	await box(guest).fill('');
	await write(guest, 'Lovely. Can you show me?');
	await teamLog(alex).getByText('Can you show me?').waitFor();
});

test('the guest calls, the whole team rings, one answers; they see and hear each other', async () => {
	await callTeam(guest);
	await callWindow(guest).waitFor();
	await Promise.all([incoming(alex).waitFor(), incoming(bella).waitFor()]);
	await guest.screenshot('shop-calling');
	await incoming(bella).getByRole('button', { name: 'Accept' }).click();
	await callDialog(bella).waitFor();
	await incoming(alex).waitFor({ state: 'hidden' });
	const name = await bella.page.evaluate(async (id) => (await (await fetch('/api/v1/conversations')).json()).conversations.find((c) => c.id === id).user.name, visitor);
	visitor = { id: visitor, name };
	await Promise.all([
		assertVideoAdvances(callWindow(guest).getByRole('region', { name: BELLA, exact: true }), 15, SLOW),
		assertVideoAdvances(region(bella, name), 15, SLOW),
	]);
	for (const person of [guest, bella]) {
		const start = await received(person.page);
		await until('sound and pictures', () => received(person.page), (now) => now.frames > start.frames + 10 && now.energy > start.energy, SLOW);
	}
	await guest.screenshot('shop-call');
});

test('they share a screen', async () => {
	await control(bella, 'Share screen').click();
	await assertVideoAdvances(callWindow(guest).getByRole('region', { name: `${BELLA}'s screen` }), 3, SLOW);
	await guest.screenshot('shop-screen');
	await control(bella, 'Stop sharing').click();
	await callWindow(guest).getByRole('region', { name: `${BELLA}'s screen` }).waitFor({ state: 'detached' });
	await callWindow(guest).getByRole('button', { name: 'Share screen' }).click();
	await assertVideoAdvances(region(bella, `${visitor.name}'s screen`), 3, SLOW);
	await callWindow(guest).getByRole('button', { name: 'Stop sharing' }).click();
});

test('they hang up; the call is in the conversation, on both sides', async () => {
	await control(bella, 'Leave call').click();
	await callDialog(bella).waitFor({ state: 'detached' });
	await callWindow(guest).waitFor({ state: 'detached', timeout: SLOW }); // by itself
	await log(guest).getByText(/Video call/).last().waitFor();
	await teamLog(alex).getByText(/Video call/).last().waitFor();
	await guest.screenshot('shop-card');
});

test('a note stays with the team, and the conversation is resolved', async () => {
	await alex.page.getByRole('button', { name: 'Write a private note' }).click();
	await say(alex, 'Wants the brass one, engraved.');
	await teamLog(alex).getByText('Wants the brass one').waitFor();
	await alex.page.getByRole('button', { name: 'Resolve', exact: true }).click();
	await log(guest).getByText('This conversation was closed.').waitFor();
	assert.equal(await guest.page.getByText('brass').count(), 0, 'the guest does not see the note');
	await alex.screenshot('shop-resolved');
});

test('the next day, after a restart: nothing is lost, and a word finds it', async () => {
	const texts = (id) => alex.page.evaluate(async (conversation) => {
		const { messages } = await (await fetch(`/api/v1/conversations/${conversation}/messages?limit=100`)).json();
		return messages.map(({ id: number, text, type, private: note, attachments }) => ({ number, text, type, note, files: attachments.map(({ url }) => url) }));
	}, id);
	const before = await texts(visitor.id);
	assert.ok(before.length >= 6);
	for (const { page } of [alex, bella, guest]) await page.goto('about:blank'); // everybody goes home
	await daemon.stop();
	daemon = await startConfabd({ data, port: daemon.port, args: ['--widget-origin', shop.origin] });

	await alex.page.goto(daemon.url.replace('127.0.0.1', 'localhost'));
	await alex.page.getByRole('list', { name: 'Conversations' }).waitFor();
	assert.deepEqual(await texts(visitor.id), before);
	await alex.page.getByRole('searchbox', { name: 'Search' }).fill('samovar');
	await alex.page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: /samovar/ }).click();
	await teamLog(alex).getByText('Does the samovar come with a teapot?').waitFor();
	await teamLog(alex).getByText('Wants the brass one').waitFor();

	await guest.page.goto(shop.origin);
	await log(guest).getByText('Does the samovar come with a teapot?').waitFor();
	const picture = log(guest).getByRole('img', { name: 'Picture: samovar.jpg' });
	await picture.scrollIntoViewIfNeeded();
	await until('the picture is there', () => picture.evaluate((image) => image.naturalWidth), (width) => width > 0, SLOW);
	await write(guest, 'I take it.');
	await teamLog(alex).getByText('I take it.').waitFor();
	await alex.screenshot('shop-found');
});
