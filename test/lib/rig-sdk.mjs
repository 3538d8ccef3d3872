// SPDX-License-Identifier: Apache-2.0
// A call through the rig with our own SDK: what it does about a network that is away for longer than the server waits.
import fs from 'node:fs';
import path from 'node:path';
import { openPage } from './browser.mjs';
import { root } from './confabd.mjs';
import { now, sign } from './jwt.mjs';

const origin = 'http://localhost/'; // answered by the browser itself; secure enough for a camera
const html = '<!doctype html><link rel="icon" href="data:,"><body>';
const types = { '.js': 'text/javascript' };

/** A page whose window.call is joined; with microphone and a small camera when `media`. The account must be there. */
export async function enterSdk(browser, daemon, id, { media = false, room = 'loss', members = [] } = {}) {
	const tab = await openPage(browser, 'about:blank');
	await tab.page.route(`${origin}**`, (route) => {
		const file = new URL(route.request().url()).pathname;
		const contentType = types[path.extname(file)];
		return contentType ? route.fulfill({ contentType, body: fs.readFileSync(path.join(root, 'web/dist', file)) }) : route.fulfill({ contentType: 'text/html', body: html });
	});
	await tab.page.goto(origin);
	const token = sign({ user_id: id, iat: now() - 5, exp: now() + 3600 });
	await tab.page.evaluate(
		async ({ baseURL, id, token, media, room, members }) => {
			const { VideoClient } = await import('/sdk/confab-client.js');
			const client = (window.client = new VideoClient({ apiKey: 'rig', options: { baseURL, devicePersistence: false } }));
			await client.connectUser({ id }, token);
			const call = (window.call = client.call('default', room));
			window.seen = [];
			call.state.callingState$.subscribe((state) => window.seen.push(state));
			if (!media) await Promise.all([call.camera.disable(), call.microphone.disable()]);
			await call.join({ create: true, data: { members: members.map((user_id) => ({ user_id })) } });
			// everybody's picture and sound is played: a browser decodes no sound that nobody hears
			call.state.participants$.subscribe((participants) => {
				const tracks = participants.filter(({ isLocal }) => !isLocal).flatMap(({ videoTrack, audioTrack }) => [videoTrack, audioTrack]);
				for (const track of tracks.filter(Boolean)) {
					if ([...document.querySelectorAll('video, audio')].some(({ srcObject }) => srcObject.getTracks()[0] === track)) continue;
					const player = document.createElement(track.kind);
					document.body.append(Object.assign(player, { autoplay: true, srcObject: new MediaStream([track]) }));
				}
			});
		},
		{ baseURL: daemon.url, id, token, media, room, members },
	);
	return tab;
}

export const callingState = (tab) => tab.page.evaluate(() => window.call.state.callingState);
/** The calling states so far. */
export const states = (tab) => tab.page.evaluate(() => window.seen);
/** What the SDK says is on: [camera, microphone]. */
export const devices = (tab) => tab.page.evaluate(() => [window.call.camera.state.status, window.call.microphone.state.status]);
/** User ids of the others. */
export const others = (tab) => tab.page.evaluate(() => window.call.state.remoteParticipants.map(({ userId }) => userId));
