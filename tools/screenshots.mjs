#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Pictures of every screen and state: test/out/screenshots/STATE-DEVICE-COLOURS-LANGUAGE.png, and those that the
// documentation shows as docs/screenshots/*.webp. usage: tools/screenshots.mjs [PART OF A STATE'S NAME] [--docs]
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../test/lib/confabd.mjs';
import { DESKTOP, dress, PHONE, tour } from '../test/lib/tour.mjs';

const out = path.join(root, 'test/out/screenshots');
const shown = path.join(root, 'docs/screenshots');
const only = process.argv.slice(2).find((arg) => !arg.startsWith('--'));

const LOOKS = [
	{ device: 'desktop', viewport: DESKTOP, theme: 'light', language: 'en' },
	{ device: 'desktop', viewport: DESKTOP, theme: 'dark', language: 'ar' },
	{ device: 'phone', viewport: PHONE, theme: 'light', language: 'ar' },
	{ device: 'phone', viewport: PHONE, theme: 'dark', language: 'en' },
];

/** What the README and the manual show. */
const BEST = ['call-small-desktop-light-en', 'team-chat-desktop-dark-ar', 'customer-chat-phone-light-ar', 'incoming-phone-dark-en'];

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
let pictures = 0;
await tour(async (state, page) => {
	for (const { device, viewport, theme, language } of LOOKS) {
		await page.setViewportSize(viewport);
		await dress(page, { theme, language });
		await page.evaluate(() => Promise.all([...document.getAnimations()].filter((a) => a.effect?.getTiming().iterations !== Infinity).map((a) => a.finished.catch(() => {}))));
		await page.screenshot({ path: path.join(out, `${state}-${device}-${theme}-${language}.png`) });
		pictures++;
	}
	console.log(state);
}, { only });
console.log(`${pictures} pictures in ${path.relative(root, out)}`);

if (process.argv.includes('--docs')) {
	fs.mkdirSync(shown, { recursive: true });
	for (const name of BEST) {
		const file = path.join(shown, `${name}.webp`);
		execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', path.join(out, `${name}.png`), '-c:v', 'libwebp', '-quality', '82', file]);
	}
}
