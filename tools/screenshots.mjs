#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Pictures of every screen and state: test/out/screenshots/STATE-DEVICE-COLOURS-LANGUAGE.png, and those that the
// documentation shows as docs/screenshots/*.webp. usage: tools/screenshots.mjs [PARTS OF NAMES,OF STATES] [--docs]
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../test/lib/confabd.mjs';
import { DESKTOP, dress, PHONE, tour } from '../test/lib/tour.mjs';

const out = path.join(root, 'test/out/screenshots');
const shown = path.join(root, 'docs/screenshots');
const only = process.argv.slice(2).find((arg) => !arg.startsWith('--'));

const desktop = { device: 'desktop', viewport: DESKTOP };
const phone = { device: 'phone', viewport: PHONE };
const LOOKS = [
	{ ...desktop, theme: 'light', language: 'en' },
	{ ...desktop, theme: 'dark', language: 'ar' },
	{ ...phone, theme: 'light', language: 'ar' },
	{ ...phone, theme: 'dark', language: 'en' },
];
/** The screens that people live in, in every look. */
const MAIN = ['sign-in', 'team-chat', 'customer-chat', 'customer-panel', 'team-page', 'settings', 'incoming', 'call', 'call-small', 'call-screen', 'call-grid'];
const MORE_LOOKS = [
	{ ...desktop, theme: 'dark', language: 'en' },
	{ ...phone, theme: 'light', language: 'en' },
	{ ...desktop, theme: 'light', language: 'de' },
	{ ...phone, theme: 'dark', language: 'de' },
	{ device: 'wide', viewport: { width: 1440, height: 900 }, theme: 'light', language: 'en' },
];

/** Where windows and eyes are not as most are: a small phone, a large screen, everything twice as large, the system's own colours. */
const ODD_LOOKS = [
	{ device: 'narrow', viewport: { width: 320, height: 640 }, theme: 'light', language: 'de' },
	{ device: 'huge', viewport: { width: 1920, height: 1080 }, theme: 'light', language: 'en' },
	{ device: 'zoomed', viewport: { width: 640, height: 400 }, theme: 'light', language: 'en' }, // 1280 × 800 at 200 %
	{ device: 'forced', viewport: DESKTOP, theme: 'dark', language: 'en', forcedColors: 'active' },
];
const ODD = ['sign-in', 'team-list', 'team-chat', 'customer-chat', 'customer-panel', 'team-page', 'settings', 'calls-past', 'incoming', 'call', 'call-chat', 'call-grid', 'shop-chat'];

/** What the README and the manual show. */
const BEST = [
	'call-small-desktop-light-en', 'call-desktop-light-en', 'call-screen-desktop-light-en', 'customer-panel-desktop-dark-en',
	'customer-chat-phone-light-ar', 'incoming-phone-dark-en', 'call-phone-dark-de', 'shop-chat-desktop-light-en',
];

/** The fonts that most people's systems would take are not on a server: those of the same kind that Debian has. */
function preferFonts() {
	const file = path.join(out, 'fonts.conf');
	const families = ['Inter', 'Noto Sans', 'Noto Sans Arabic', 'Noto Color Emoji'].map((name) => `<family>${name}</family>`).join('');
	const alias = (name) => `<alias binding="strong"><family>${name}</family><prefer>${families}</prefer></alias>`;
	fs.writeFileSync(file, `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><include>/etc/fonts/fonts.conf</include>${alias('system-ui')}${alias('sans-serif')}</fontconfig>\n`);
	process.env.FONTCONFIG_FILE = file;
}

/** How much of a long page is below the window. */
const hidden = (page) => page.evaluate(() => Math.max(...[...document.querySelectorAll('main')].map((main) => main.scrollHeight - main.clientHeight)));

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
preferFonts();
let pictures = 0;
await tour(async (state, page, { whole }) => {
	const looks = [...LOOKS, ...(MAIN.includes(state) ? MORE_LOOKS : []), ...(ODD.includes(state) ? ODD_LOOKS : [])];
	for (const { device, viewport, theme, language, forcedColors = null } of looks) {
		if (/^(shop|offline)/.test(state) && language !== 'en') continue; // a page of its own, in its own language
		await page.emulateMedia({ forcedColors });
		await page.setViewportSize(viewport);
		await dress(page, { theme, language });
		if (whole) await page.setViewportSize({ ...viewport, height: viewport.height + (await hidden(page)) });
		await page.evaluate(() => { // what was gone to, in a window of another size, too
			const [section, desk] = ['.cf-desk__section', '.cf-desk'].map((name) => document.activeElement?.closest(name)?.getBoundingClientRect());
			if (section) document.querySelector('.cf-desk').scrollBy({ top: section.top - desk.top - 20, behavior: 'instant' });
		});
		if (state !== 'call-ended') await page.mouse.move(0, 0); // nothing is under the pointer; without it that one closes
		await page.evaluate(() => Promise.all([...document.getAnimations(), ...(document.querySelector('confab-widget')?.shadowRoot.getAnimations() ?? [])].filter((a) => a.effect?.getTiming().iterations !== Infinity).map((a) => a.finished.catch(() => {}))));
		await page.screenshot({ path: path.join(out, `${state}-${device}-${theme}-${language}.png`) });
		pictures++;
	}
	console.log(state);
}, { only });
console.log(`${pictures} pictures in ${path.relative(root, out)}`);

if (process.argv.includes('--docs')) {
	fs.mkdirSync(shown, { recursive: true });
	for (const name of BEST) {
		if (!fs.existsSync(path.join(out, `${name}.png`))) continue; // only a part was asked for
		const file = path.join(shown, `${name}.webp`);
		execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', path.join(out, `${name}.png`), '-c:v', 'libwebp', '-quality', '82', file]);
	}
}
