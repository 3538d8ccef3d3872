// SPDX-License-Identifier: Apache-2.0
// axe-core on every screen and state: WCAG 2.2 A and AA and its good practices; light and dark, English and Arabic.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { DESKTOP, dress, PHONE, tour } from '../lib/tour.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Colours matter in both themes; direction and narrow windows once each. States that are made of what others show have one in turn. */
const LOOKS = [
	{ viewport: DESKTOP, theme: 'light', language: 'en' },
	{ viewport: DESKTOP, theme: 'dark', language: 'ar' },
	{ viewport: PHONE, theme: 'light', language: 'ar' },
];
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Looks at the page when nothing moves any more: half-transparent text has no contrast. */
async function violations(page) {
	await page.evaluate(() => Promise.all([...document.getAnimations(), ...(document.querySelector('confab-widget')?.shadowRoot.getAnimations() ?? [])].filter((a) => a.effect?.getTiming().iterations !== Infinity).map((a) => a.finished.catch(() => {}))));
	if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axe);
	const wanted = page.url().includes('/demo/') ? RULES.filter((tag) => tag !== 'best-practice') : RULES; // a widget has the landmarks of its host
	const { violations: found } = await page.evaluate((tags) => window.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }), wanted);
	return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}\n    ${failureSummary.replace(/\s+/g, ' ').slice(0, 300)}`));
}

/** A finger needs 44 px; what stands in a line of text, or at a message, has its line. */
function smallTargets(page) {
	return page.evaluate(() => {
		const inLine = '.cf-link, .cf-reaction, .cf-quote, .cf-more__button, [type=radio], [role=switch], [type=file]';
		return [...document.querySelectorAll('button, select, textarea, input, nav a')].flatMap((element) => {
			const target = element.type === 'checkbox' ? (element.closest('label') ?? element) : element;
			const { width, height } = target.getBoundingClientRect();
			if (element.matches(inLine) || element.closest('[inert]') || !element.checkVisibility({ visibilityProperty: true })) return [];
			return width < 43.5 || height < 43.5 ? [`small (${Math.round(width)} × ${Math.round(height)}): ${element.outerHTML.slice(0, 160)}`] : [];
		});
	});
}

const NARROW = { width: 320, height: 640 };

/** WCAG 1.4.10: nothing has to be scrolled sideways, also where a window of 1280 px is seen four times as large. */
async function tooWide(page) {
	await page.setViewportSize(NARROW);
	const { width, room } = await page.evaluate(() => ({ width: document.documentElement.scrollWidth, room: innerWidth }));
	return width > room ? [`${width} px wide in a window of ${room}`] : [];
}

test('no screen has a violation', { timeout: 600_000 }, async () => {
	const found = [];
	let looks = 0;
	let turn = 0;
	await tour(async (state, page, { whole, once, pictures }) => {
		if (whole || pictures) return; // nothing that was not there before, or for people's eyes alone
		for (const { viewport, ...choice } of once ? [LOOKS[turn++ % LOOKS.length]] : LOOKS) {
			await page.setViewportSize(viewport);
			await dress(page, choice);
			looks++;
			const problems = [...(await violations(page)), ...(viewport === PHONE ? [...(await smallTargets(page)), ...(await tooWide(page))] : [])];
			for (const problem of problems) found.push(`${state} ${viewport.width} ${choice.theme} ${choice.language}: ${problem}`);
		}
	}, { only: process.env.CONFAB_STATE });
	assert.equal(found.length, 0, found.join('\n'));
	assert.ok(looks >= 60 || process.env.CONFAB_STATE, `only ${looks} looks`);
});
