// SPDX-License-Identifier: Apache-2.0
// axe-core has nothing to say about what is on screen: WCAG 2.2 A and AA, and its good practices on pages of our own.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The whole page, or on somebody else's page the widget alone, once nothing moves any more: half-transparent text has no contrast. */
export async function assertAccessible({ page }) {
	await page.evaluate(axe);
	const found = await page.evaluate(async (rules) => {
		const widget = document.querySelector('confab-widget');
		const moving = (widget?.shadowRoot ?? document).getAnimations().filter((a) => a.effect?.getTiming().iterations !== Infinity);
		await Promise.all(moving.map((a) => a.finished.catch(() => {})));
		const { violations, passes } = await window.axe.run(widget ?? document, { runOnly: widget ? rules : [...rules, 'best-practice'] });
		return [
			...violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html.slice(0, 200)} ${node.failureSummary}`).join('; ')}`),
			...(passes.length === 0 ? ['nothing was looked at'] : []),
		];
	}, RULES);
	assert.deepEqual(found, []);
}
