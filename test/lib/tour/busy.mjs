// SPDX-License-Identifier: Apache-2.0
// The tour's part of a busy day: several conversations at once, a message that is reported, a disk that is full.
import assert from 'node:assert/strict';

export async function busy(admin, user, { colleague, lena }, disk, stop) {
	await several(admin, stop);
	await reporting(admin, user, stop);
	await fullDisk(admin, colleague, disk, stop);
	await much(admin, lena, stop);
}

async function several({ page }, stop) {
	await page.evaluate(() => { location.hash = '#/'; }); // on a phone the list is a page of its own
	const row = (name) => page.getByRole('list', { name: 'Conversations' }).getByRole('listitem').filter({ hasText: name });
	for (const name of ['Jonas Petersen', 'Maria Lindqvist']) {
		await row(name).hover();
		await row(name).getByRole('checkbox').check();
	}
	const bar = page.getByRole('group', { name: 'What to do with the chosen conversations' });
	await bar.getByText('2 chosen').waitFor();
	await stop('bulk', page, { once: true });
	await bar.getByRole('button', { name: 'Resolve' }).click();
	const undo = page.getByRole('button', { name: 'Undo' });
	await undo.focus(); // it stays as long as it has the focus
	await stop('bulk-undo', page, { once: true, toasts: true });
	await undo.click();
	await bar.waitFor({ state: 'detached' });
}

async function reporting(admin, user, stop) {
	const line = user.page.locator('.cf-line').filter({ hasText: 'No hurry' });
	await line.hover();
	await line.getByRole('button', { name: 'Message options' }).click();
	await user.page.getByRole('menuitem', { name: 'Report…' }).click();
	const dialog = user.page.getByRole('dialog', { name: /^Report / });
	await dialog.getByRole('textbox').fill('I had asked for somebody else.');
	await stop('report', user.page, { once: true });
	await dialog.getByRole('button', { name: 'Report', exact: true }).click();
	await dialog.waitFor({ state: 'detached' });
	await admin.page.getByRole('link', { name: /^Team/ }).click();
	await admin.page.getByRole('list', { name: 'Reported messages' }).getByText('I had asked').waitFor();
	await admin.page.getByRole('button', { name: 'Reported messages' }).click();
	await stop('reports', admin.page, { once: true });
	await admin.page.getByRole('button', { name: 'It is fine' }).click();
	await admin.page.getByText('Nothing is reported.').waitFor();
	await admin.page.getByRole('button', { name: 'List of words' }).click();
	await stop('words', admin.page, { once: true });
	await admin.page.getByRole('link', { name: 'Chat', exact: true }).click();
}

/** More than a badge counts, and more than a bubble shows. */
async function much({ page }, lena, stop) {
	const write = (text, i) => lena.call('POST', '/api/v1/conversations/lena/messages', { text, client_id: `much-${i}` });
	for (let i = 0; i < 101; i++) assert.equal((await write(i < 100 ? `Still leaking, drop ${i + 1}` : 'It drips and drips. '.repeat(300), i)).status, 201);
	await page.evaluate(() => { location.hash = '#/'; });
	const row = page.getByRole('list', { name: 'Conversations' }).getByRole('button', { name: /Lena Vogt/ });
	await row.getByText('99+').waitFor();
	await stop('unread-many', page, { pictures: true });
	await row.click();
	await page.getByRole('button', { name: 'Show more' }).waitFor();
	await stop('long-message', page, { pictures: true });
	await page.evaluate(() => { location.hash = '#/'; });
}

async function fullDisk({ page }, colleague, disk, stop) {
	disk.set('full');
	const { status } = await colleague.call('POST', '/api/v1/conversations/jonas/messages', { text: 'Thank you!', client_id: 'full' });
	assert.equal(status, 503);
	await page.getByText('The server’s disk is full').waitFor();
	await stop('warning', page, { once: true });
	disk.set('none');
	await page.getByText('The server’s disk is full').waitFor({ state: 'detached', timeout: 60000 });
}
