// SPDX-License-Identifier: Apache-2.0
// examples/nextjs: installs, builds, and two people see each other in it. The page is on another origin than the server.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { apiKey, apiSecret, root, startConfabd } from '../lib/confabd.mjs';
import { assertVideoAdvances, launchChromium, openPage } from '../lib/browser.mjs';
import { callDialog, control, region, toast } from '../lib/app.mjs';

const folder = path.join(root, 'examples/nextjs');
const next = path.join(folder, 'node_modules/next/dist/bin/next');

let daemon, browser, server, url;
before(async () => {
	const quiet = { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' } };
	execFileSync('node', ['packages.mjs'], { cwd: path.join(root, 'web'), stdio: ['ignore', 'ignore', 'inherit'] });
	// named, since what was packed again under the same version has to be taken again
	execFileSync('npm', ['install', '--silent', '--prefer-offline', '--no-save',
		...['client', 'react'].map((name) => `file:${path.join(root, `web/dist/npm/confab-${name}.tgz`)}`)], quiet);
	execFileSync('node', [next, 'build'], quiet);

	daemon = await startConfabd();
	server = spawn('node', [next, 'start', '-p', '0', '-H', '127.0.0.1'], {
		cwd: folder,
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, CONFAB_URL: daemon.url, CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret, NEXT_TELEMETRY_DISABLED: '1' },
	});
	let printed = '';
	server.stdout.on('data', (chunk) => (printed += chunk));
	const deadline = Date.now() + 30_000;
	while (!(url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0])) {
		if (Date.now() > deadline || server.exitCode !== null) throw new Error(`next did not start: ${printed}`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	browser = await launchChromium();
}, { timeout: 400_000 });
after(async () => {
	await browser?.close();
	if (server?.exitCode === null) {
		server.kill();
		await once(server, 'exit');
	}
	await daemon?.stop();
});

async function enter(userId) {
	const person = await openPage(browser, url);
	await person.page.getByRole('textbox', { name: 'User ID' }).fill(userId);
	await person.page.getByRole('button', { name: 'Continue' }).click();
	await person.page.getByRole('heading', { name: 'Ready to join?' }).waitFor();
	return person;
}

test('the page comes rendered from the server', async () => {
	const html = await (await fetch(url)).text();
	assert.match(html, /User ID/);
	assert.match(/<button[^>]*>Continue/.exec(html)[0], / disabled/, 'until its script is there, or the browser would send the form');
	assert.ok(!html.includes(apiSecret));
});

test('lobby, call, both see each other, and leave', async () => {
	const admin = await enter('admin');
	const user = await enter('user');
	// the lobby shows oneself, and the fake microphone is heard
	await admin.page.getByRole('group', { name: 'Preview' }).locator('video').waitFor({ state: 'visible' });
	await admin.page.waitForFunction(() => Number(document.querySelector('.cf-level__bar')?.dataset.level) > 0.05);
	await admin.screenshot('nextjs-lobby');
	await user.page.getByRole('button', { name: 'Turn camera off' }).click();
	for (const person of [admin, user]) {
		await person.page.getByRole('button', { name: 'Join now' }).click();
		await callDialog(person).waitFor();
		await toast(person).waitFor();
	}
	await assertVideoAdvances(region(user, 'Alex Morgan'), 10);
	await region(admin, 'Sam Rivera').waitFor();
	await region(admin, 'Sam Rivera').locator('video').first().waitFor({ state: 'hidden' }); // joined without a camera
	await control(user, 'Turn camera on').click();
	await assertVideoAdvances(region(admin, 'Sam Rivera'), 10);
	await user.screenshot('nextjs-call');
	for (const person of [admin, user]) {
		await control(person, 'Leave call').click();
		await callDialog(person).waitFor({ state: 'hidden' });
		person.assertQuiet();
	}
});

test('somebody without an account is told why', async () => {
	const person = await openPage(browser, url);
	await person.page.getByRole('textbox', { name: 'User ID' }).fill('stranger');
	await person.page.getByRole('button', { name: 'Continue' }).click();
	await person.page.getByRole('main').getByRole('alert').waitFor();
	assert.match(await person.page.getByRole('main').getByRole('alert').innerText(), /account|user/i);
});
