// SPDX-License-Identifier: Apache-2.0
// The figures of the first call: from the click on the camera button (or Accept) to the first decoded remote frame, and
// the daemon's memory. usage: node bench/first-call.mjs [rounds]
import { startConfabd } from '../test/lib/confabd.mjs';
import { launchChromium, until } from '../test/lib/browser.mjs';
import { callDialog, control, incoming, signInByLink, startCall, toast } from '../test/lib/app.mjs';

const rounds = Number(process.argv[2] ?? 10);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Resolves in the page with the time from now until a remote <video> of the call has shown a frame. */
const firstFrame = (person) =>
	person.page.evaluate(
		() =>
			new Promise((resolve) => {
				const start = performance.now();
				const look = () => {
					for (const video of document.querySelectorAll('[role=dialog] section video, [role=dialog] [role=region] video')) {
						if (video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 0) return resolve(performance.now() - start);
					}
					requestAnimationFrame(look);
				};
				look();
			}),
	);

const daemon = await startConfabd();
await new Promise((resolve) => setTimeout(resolve, 2000));
const idle = daemon.rss();
const browser = await launchChromium({ fps: 30 });
const admin = await signInByLink(browser, daemon.links.admin);
const user = await signInByLink(browser, daemon.links.user);
const joining = [];
const accepting = [];
let inCall = 0;
for (let round = 0; round < rounds; round++) {
	// The admin accepts: its own join, the user's stream is there already.
	await startCall(user);
	await toast(user).waitFor();
	await incoming(admin).waitFor();
	const [seen] = await Promise.all([firstFrame(admin), incoming(admin).getByRole('button', { name: 'Accept' }).click()]);
	accepting.push(seen);
	await toast(admin).waitFor();
	// The user leaves and presses the camera button again: click to first frame of the admin.
	await control(user, 'Leave call').click();
	await callDialog(user).waitFor({ state: 'hidden' });
	const [again] = await Promise.all([firstFrame(user), startCall(user)]);
	joining.push(again);
	await toast(user).waitFor();
	if (round === 0) {
		await new Promise((resolve) => setTimeout(resolve, 5000));
		inCall = daemon.rss();
	}
	await control(user, 'Leave call').click();
	await control(admin, 'Leave call').click();
	await until('both out', () => callDialog(admin).isVisible(), (visible) => !visible);
	await until('call ended', () => admin.page.evaluate(async () => (await (await fetch('/api/v1/conversations')).json()).conversations.every((c) => !c.call)), Boolean);
}
await browser.close();
console.log(`rounds                                            ${rounds}`);
console.log(`camera button to first decoded remote frame, ms   median ${median(joining).toFixed(0)}   (${joining.map((v) => v.toFixed(0)).join(' ')})`);
console.log(`Accept to first decoded remote frame, ms          median ${median(accepting).toFixed(0)}   (${accepting.map((v) => v.toFixed(0)).join(' ')})`);
console.log(`confabd RSS idle, MiB                             ${(idle / 1024).toFixed(1)}`);
console.log(`confabd RSS in a two-party call, MiB              ${(inCall / 1024).toFixed(1)}`);
await daemon.stop();
