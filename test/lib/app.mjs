// SPDX-License-Identifier: Apache-2.0
// The web app as a person uses it, in the words of its accessible names.
import { openPage } from './browser.mjs';

/** Opens a printed sign-in link in a context of its own. */
export async function signInByLink(browser, link, options) {
	const person = await openPage(browser, link, options);
	await person.page.getByRole('textbox', { name: 'Message' }).or(person.page.getByRole('list', { name: 'Conversations' })).first().waitFor();
	return person;
}

export const chooseConversation = (person, name) =>
	person.page.getByRole('list', { name: 'Conversations' }).getByText(name, { exact: false }).first().click();

export async function say(person, text) {
	await person.page.getByRole('textbox', { name: 'Message' }).fill(text);
	await person.page.getByRole('button', { name: 'Send' }).click();
}

export const startCall = (person) => person.page.getByRole('button', { name: 'Start video call' }).click();
export const callDialog = (person) => person.page.getByRole('dialog', { name: 'Video call' });
export const incoming = (person) => person.page.getByRole('dialog', { name: 'Incoming call' });
/** Nobody is in the conversation's call any more, as far as this page knows: until then its camera button joins that one, and rings nobody. */
export const callIsOver = (person) => person.page.locator('.cf-livebar').waitFor({ state: 'detached' });
export const toast = (person) => person.page.getByRole('status').filter({ hasText: 'Connected to video call' });
export const region = (person, name) => callDialog(person).getByRole('region', { name, exact: true });
export const control = (person, name) => callDialog(person).getByRole('button', { name, exact: true });
