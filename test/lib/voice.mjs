// SPDX-License-Identifier: Apache-2.0
// Voice notes as the app and the widget show them (English). What is on screen for a moment only is not looked for from outside.
import { until } from './until.mjs';

/** It has recorded for so many seconds, or more: each is shown for one second, and a look may come too late for it. */
export const recorded = (bar, seconds) => bar.getByText(new RegExp(`^0:(0[${seconds}-9]|[1-5]\\d)$`)).waitFor();

/** Presses a note's button, and it plays: a short one may be over when somebody looks, so the page itself takes note. */
export async function play(note, press = (button) => button.click()) {
	await note.evaluate((element) => {
		element.played = false;
		const look = () => (element.played ||= element.querySelector('[aria-label="Pause"]') !== null);
		new MutationObserver(look).observe(element, { attributes: true, childList: true, subtree: true });
	});
	await press(note.getByRole('button', { name: 'Play' }));
	await until('it plays', () => note.evaluate((element) => element.played), Boolean);
}
