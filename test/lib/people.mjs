// SPDX-License-Identifier: Apache-2.0
// A daemon with people signed in: for tests of what they may do to each other.
import WebSocket from 'ws';
import { confab, startConfabd } from './confabd.mjs';
import { Client } from './client.mjs';

export const PASSWORD = 'a password of nobody in particular';

/** An account beside the demo's, signed in. */
export async function addPerson(daemon, id, role = 'user', name = id[0].toUpperCase() + id.slice(1)) {
	confab(['user', 'add', id, '--role', role, '--name', name, '--password-stdin', '--data', daemon.data], `${PASSWORD}\n`);
	const client = new Client(daemon.url);
	client.id = id;
	await client.call('POST', '/api/auth/login', { userId: id, password: PASSWORD });
	return client;
}

/** Starts a daemon; names: {ann: 'user', boss: 'admin'}. Returns {daemon, people: {ann: Client, …}}. */
export async function startWithPeople(names, options) {
	const daemon = await startConfabd(options);
	const people = {};
	for (const [id, role] of Object.entries(names)) people[id] = await addPerson(daemon, id, role);
	return { daemon, people };
}

/** The demo's customer and admin, and eve, who has nothing to do with them: {daemon, user, admin, stranger}. */
export async function startWithStranger(options) {
	const daemon = await startConfabd(options);
	const [user, admin] = [new Client(daemon.url), new Client(daemon.url)];
	await user.openLink(daemon.links.user);
	await admin.openLink(daemon.links.admin);
	return { daemon, user, admin, stranger: await addPerson(daemon, 'eve') };
}

/** The route of a call: at('default', 'x', 'join'). */
export const at = (type, id, verb) => `/api/v1/call/${type}/${id}${verb ? `/${verb}` : ''}`;

/** Enters a call's room over signalling, without media. */
export async function enterRoom(daemon, answer) {
	const { token } = answer.body.credentials;
	const socket = new WebSocket(`${daemon.wsUrl}/rtc?access_token=${token}&protocol=17`);
	const closed = new Promise((resolve) => socket.once('close', (code) => resolve(code)));
	await new Promise((resolve, reject) => {
		socket.once('message', resolve);
		socket.once('unexpected-response', (_request, reply) => reject(new Error(`refused: ${reply.statusCode}`)));
		socket.once('error', reject);
	});
	return { token, socket, closed };
}

/** Whether a media token still opens the door. */
export const validate = async (daemon, token) => (await fetch(`${daemon.url}/rtc/validate?access_token=${token}`)).status;
