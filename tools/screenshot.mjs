// SPDX-License-Identifier: Apache-2.0
// Makes docs/screenshot.png: starts the demo, lets two browsers chat and call each other, and puts a picture of each
// on one sheet. Everything shown is the real application; only what the cameras see is drawn, here, by portrait().
//   node tools/screenshot.mjs
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assertVideoAdvances, launchChromium } from '../test/lib/browser.mjs';
import { callDialog, chooseConversation, incoming, region, say, signInByLink, startCall, toast } from '../test/lib/app.mjs';
import { root, startConfabd } from '../test/lib/confabd.mjs';

const FRAMES = 30;
const LOOKS = {
	alex: { wall: ['#e9e2d6', '#cfc3b0'], skin: '#e8b48f', shade: '#d29a74', hair: '#3a2a22', shirt: '#0f766e', collar: '#0b5f59', long: true },
	sam: { wall: ['#d9e4ea', '#b6c9d4'], skin: '#9c6644', shade: '#83523a', hair: '#1d1715', shirt: '#c9793c', collar: '#a9602b', long: false },
};

/** One frame of a person in a room, `t` from 0 to 1 and round again. */
function portrait({ wall, skin, shade, hair, shirt, collar, long }, t) {
	const sway = Math.sin(t * 2 * Math.PI) * 7;
	const tilt = Math.sin(t * 2 * Math.PI + 1) * 1.2;
	const breath = Math.sin(t * 2 * Math.PI) * 2;
	const blink = t > 0.46 && t < 0.53 ? 0.12 : 1;
	const mouth = 6 + 5 * Math.abs(Math.sin(t * 6 * Math.PI));
	const leaf = (x, y, angle) => `<ellipse cx="${x}" cy="${y}" rx="17" ry="66" fill="#4f7f5b" transform="rotate(${angle} ${x} ${y + 66})"/>`;
	const back = long
		? '<path d="M540 330c-8-150 30-218 100-218s110 66 102 218c-2 70 16 128 4 168-60 26-152 26-212 0-12-40 8-98 6-168z"/>'
		: '<path d="M556 300c-8-126 24-186 84-186s94 58 86 186z"/>';
	const front = long
		? '<path d="M553 322c-8-116 30-192 89-192 57 0 93 74 85 190-10-58-34-98-63-112-30 32-68 44-92 52-9 16-13 38-19 62z"/>'
		: '<path d="M558 296c-10-88 24-156 84-156s94 66 84 156c-6-42-18-66-34-78-40 14-74 12-100-2-16 14-28 38-34 80z"/>';
	return `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 1280 720">
	<defs>
		<linearGradient id="wall" x1="0" y1="0" x2="1" y2="1"><stop stop-color="${wall[0]}"/><stop offset="1" stop-color="${wall[1]}"/></linearGradient>
		<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop stop-color="#f7fbff"/><stop offset="1" stop-color="#cfe6f5"/></linearGradient>
		<radialGradient id="lamp"><stop stop-color="#fff8e6" stop-opacity=".85"/><stop offset="1" stop-color="#fff8e6" stop-opacity="0"/></radialGradient>
	</defs>
	<rect width="1280" height="720" fill="url(#wall)"/>
	<g><rect x="90" y="70" width="280" height="330" rx="10" fill="#fff"/><rect x="106" y="86" width="248" height="298" fill="url(#sky)"/>
		<path d="M230 86v298M106 230h248" stroke="#fff" stroke-width="10"/></g>
	<g fill="#8a6a4f"><rect x="900" y="250" width="300" height="14" rx="4"/>
		<rect x="930" y="158" width="30" height="92" fill="#5a7d9a"/><rect x="964" y="172" width="24" height="78" fill="#c96f53"/>
		<rect x="992" y="150" width="34" height="100" fill="#e2b76b"/><rect x="1030" y="178" width="26" height="72" fill="#6f8f72"/>
		<path d="M1110 202h56l-8 48h-40z" fill="#d9d3c8"/></g>
	${leaf(1138, 90, -26)}${leaf(1138, 80, 0)}${leaf(1138, 92, 26)}
	<circle cx="900" cy="420" r="330" fill="url(#lamp)"/>
	<g transform="translate(${sway} ${breath})">
		<g transform="rotate(${tilt} 640 470)" fill="${hair}">${back}</g>
		<path d="M340 720c6-150 76-212 190-232h220c114 20 184 82 190 232z" fill="${shirt}"/>
		<path d="M590 420h100v70c0 34-22 56-50 56s-50-22-50-56z" fill="${shade}"/>
		<path d="M560 486c30 60 130 60 160 0l24 8c-30 84-178 84-208 0z" fill="${collar}"/>
		<g transform="rotate(${tilt} 640 470)">
			<ellipse cx="556" cy="318" rx="16" ry="26" fill="${shade}"/><ellipse cx="726" cy="318" rx="16" ry="26" fill="${shade}"/>
			<path d="M558 270c0-86 34-126 84-126s82 40 82 126v60c0 74-36 122-82 122s-84-48-84-122z" fill="${skin}"/>
			<g fill="${hair}">${front}<path d="M584 278c12-10 28-10 40-3M660 275c12-7 28-7 40 3" fill="none" stroke="${hair}" stroke-width="7" stroke-linecap="round"/></g>
			<g fill="#2b2220"><ellipse cx="605" cy="310" rx="8" ry="${9 * blink}"/><ellipse cx="679" cy="310" rx="8" ry="${9 * blink}"/></g>
			<path d="M642 316c-3 18-8 28-10 34 4 5 12 6 18 3" fill="none" stroke="${shade}" stroke-width="6" stroke-linecap="round"/>
			<path d="M606 388c20 ${8 + mouth} 52 ${8 + mouth} 72 0-22 6-50 6-72 0z" fill="#fff" stroke="#8c3f3a" stroke-width="5" stroke-linejoin="round"/>
		</g>
	</g></svg>`;
}

/** A camera: frames one after the other, as Chromium's --use-file-for-fake-video-capture reads them. */
async function film(browser, look, file) {
	const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
	const frames = [];
	for (let i = 0; i < FRAMES; i++) {
		await page.setContent(`<body style="margin:0">${portrait(look, i / FRAMES)}`);
		frames.push(await page.screenshot({ type: 'jpeg', quality: 90 }));
	}
	await page.close();
	fs.writeFileSync(file, Buffer.concat(frames));
}

const TALK = [
	['user', 'Hello! The shelf arrived, but I cannot get the last bracket to fit.'],
	['admin', 'Hi Sam, sorry about that. Does it look like the one on page 4?'],
	['user', 'Almost. The holes are on the other side.'],
	['admin', 'Then it is the left one. Shall I show you? It takes a minute.'],
	['user', 'Yes please, you can call me now.'],
];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-screenshot-'));
const daemon = await startConfabd();
const browsers = [];
const launch = async (camera) => {
	const browser = await launchChromium({ args: camera ? [`--use-file-for-fake-video-capture=${camera}`] : [] });
	browsers.push(browser);
	return browser;
};
try {
	const studio = await launch();
	const cameras = {};
	for (const [name, look] of Object.entries(LOOKS)) await film(studio, look, (cameras[name] = path.join(folder, `${name}.mjpeg`)));
	const desk = { viewport: { width: 900, height: 720 }, deviceScaleFactor: 1 };
	const phone = { viewport: { width: 360, height: 720 }, isMobile: true, hasTouch: true, deviceScaleFactor: 1.5 };
	const people = {
		admin: await signInByLink(await launch(cameras.alex), daemon.links.admin, desk),
		user: await signInByLink(await launch(cameras.sam), daemon.links.user, phone),
	};
	const names = {};
	for (const [who, person] of Object.entries(people)) {
		names[who] = await person.page.evaluate(async () => (await (await fetch('/api/auth/session')).json()).user.name);
	}
	await chooseConversation(people.admin, names.user);
	for (const [who, text] of TALK) {
		await say(people[who], text);
		await people[who === 'admin' ? 'user' : 'admin'].page.getByText(text).last().waitFor();
	}
	await people.admin.page.mouse.move(0, 0);
	await people.admin.page.waitForTimeout(500);
	const chat = await people.admin.page.screenshot();
	await startCall(people.admin);
	await toast(people.admin).waitFor();
	await incoming(people.user).getByRole('button', { name: 'Accept' }).click();
	await callDialog(people.user).waitFor();
	await assertVideoAdvances(region(people.user, names.admin), 60, 30000);
	await toast(people.user).waitFor({ state: 'hidden' });
	await people.user.page.waitForTimeout(6000); // until the encoder has climbed to its full picture
	const call = await people.user.page.screenshot();

	const data = (png) => `data:image/png;base64,${png.toString('base64')}`;
	const sheet = await studio.newPage({ viewport: { width: 1280, height: 800 } });
	await sheet.setContent(`<style>
		body { margin: 0; width: 1280px; height: 800px; overflow: hidden; background: linear-gradient(135deg, #dcefec, #c9dfe6 60%, #d8d6ea) }
		img { position: absolute; box-shadow: 0 24px 60px rgb(16 24 40 / 26%) }
		.desk { left: 36px; top: 40px; width: 900px; border-radius: 14px }
		.phone { right: 40px; bottom: 28px; width: 330px; border: 9px solid #15181d; border-radius: 40px }
	</style><img class="desk" src="${data(chat)}"><img class="phone" src="${data(call)}">`);
	await sheet.screenshot({ path: path.join(root, 'docs/screenshot.png') });
	for (const person of Object.values(people)) person.assertQuiet();
} finally {
	await Promise.all(browsers.map((browser) => browser.close()));
	await daemon.stop();
	fs.rmSync(folder, { recursive: true, force: true });
}
