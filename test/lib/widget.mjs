// SPDX-License-Identifier: Apache-2.0
// The widget as a person uses it, in the words of its accessible names (English).
export const launcher = (guest) => guest.page.getByRole('button', { name: /^(Open|Close) chat/ }).last();
export const panel = (guest, title = 'Support') => guest.page.getByRole('dialog', { name: title });
export const log = (guest, name = 'Conversation') => guest.page.getByRole('log', { name });
export const box = (guest) => guest.page.getByRole('textbox', { name: 'Message' });
export const callWindow = (guest) => guest.page.getByRole('dialog', { name: 'Video call' });

export async function openChat(guest, title) {
	await guest.page.getByRole('button', { name: /^Open chat/ }).click();
	await panel(guest, title).waitFor();
}

export async function write(guest, text) {
	await box(guest).fill(text);
	await guest.page.getByRole('button', { name: 'Send' }).click();
}

export const lobby = (guest) => guest.page.getByRole('dialog', { name: 'Check camera and sound' });

/** By way of the lobby. */
export async function callTeam(guest) {
	await panel(guest).getByRole('button', { name: 'Start video call' }).click();
	await lobby(guest).getByRole('button', { name: 'Call now' }).click();
}
