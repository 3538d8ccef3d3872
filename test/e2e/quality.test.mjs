// SPDX-License-Identifier: Apache-2.0
// The publisher's encoder climbs: transport-wide feedback works. Nothing here waits for a fixed time longer than its limit.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startConfabd } from '../lib/confabd.mjs';
import { launchChromium, stats, until } from '../lib/browser.mjs';
import { incoming, signInByLink, startCall, toast } from '../lib/app.mjs';

let daemon, browser;
before(async () => {
	daemon = await startConfabd();
	browser = await launchChromium({ fps: 30 });
});
after(async () => {
	await browser.close();
	await daemon.stop();
});

test('the top layer is 1280 wide and at 900 kbit/s within 10 s, and 1.5 Mbit/s are available', async () => {
	const user = await signInByLink(browser, daemon.links.user);
	const admin = await signInByLink(browser, daemon.links.admin);
	await startCall(user);
	await toast(user).waitFor();
	await incoming(admin).getByRole('button', { name: 'Accept', exact: true }).click();
	await toast(admin).waitFor();
	const joined = Date.now(); // from here on somebody looks at it

	let last = { at: 0, bytes: 0 };
	const sample = async () => {
		const reports = await stats(user.page);
		const top = reports.filter((r) => r.type === 'outbound-rtp' && r.kind === 'video').sort((a, b) => (b.frameWidth ?? 0) - (a.frameWidth ?? 0))[0];
		const pair = reports.filter((r) => r.type === 'candidate-pair' && r.nominated && r.availableOutgoingBitrate).sort((a, b) => b.availableOutgoingBitrate - a.availableOutgoingBitrate)[0];
		const now = { at: top?.timestamp ?? 0, bytes: top?.bytesSent ?? 0 };
		const kbps = last.at && now.at - last.at > 900 ? ((now.bytes - last.bytes) * 8) / (now.at - last.at) : 0;
		if (!last.at || now.at - last.at > 900) last = now;
		return { rid: top?.rid, width: top?.frameWidth ?? 0, kbps, available: pair?.availableOutgoingBitrate ?? 0, seconds: (Date.now() - joined) / 1000 };
	};
	const reached = await until('top layer', sample, (s) => s.width === 1280 && s.kbps >= 900 && s.available >= 1_500_000, 10000);
	console.log(`# ${JSON.stringify(reached)}`);
	assert.ok(reached.seconds <= 11);
	user.assertQuiet();
	admin.assertQuiet();
});
