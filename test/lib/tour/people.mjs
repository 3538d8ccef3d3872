// SPDX-License-Identifier: Apache-2.0
// Who is in the tour, and a shop's morning: customers, labels, canned replies, who looks after whom.
import assert from 'node:assert/strict';
import { addPerson } from '../people.mjs';

const CUSTOMERS = {
	maria: ['Maria Lindqvist', ['Hello! My order 4711 has not arrived yet.', 'Could you have a look?']],
	omar: ['عمر الفاروق', ['مرحبًا، هل يمكنني تغيير عنوان التسليم؟']],
	longname: ['Friederike-Alexandra von Hohenstein-Wolkenbruch zu Unterammergau', ['https://shop.example/a/very/long/address/that/does/not/break/anywhere?because=there-is-no-space-in-it']],
	jonas: ['Jonas Petersen', ['The new grinder is wonderful, thank you!']],
	aiko: ['Aiko Tanaka', ['Do you ship to Norway?']],
	leila: ['Leïla Benali', ['👍']],
};
const LABELS = { Delivery: '#2f66b8', Warranty: '#b4432f', Praise: '#1f7a4d' };
const CANNED = {
	hello: 'Hello {first name}, this is {me}. How can I help?',
	delivery: 'We ship within two working days, to all of Europe.',
	gasket: 'The gasket of the group head wears out after a year or so; we send you a new one for nothing.',
};

/** The customers have written, the team has sorted. Resolves with the colleague and a customer who has not written yet, both signed in. */
export async function addShop(daemon) {
	const ask = async (who, ...request) => {
		const { status, body } = await who.call(...request);
		assert.ok(status < 300, `${request.join(' ')}: ${status} ${JSON.stringify(body)}`);
		return body;
	};
	for (const [id, [name, texts]] of Object.entries(CUSTOMERS)) {
		const person = await addPerson(daemon, id, 'user', name);
		for (const [i, text] of texts.entries()) await ask(person, 'POST', `/api/v1/conversations/${id}/messages`, { text, client_id: `${id}-${i}` });
	}
	const kenji = await addPerson(daemon, 'kenji', 'admin', 'Kenji Mori');
	const lena = await addPerson(daemon, 'lena', 'user', 'Lena Vogt');
	const labels = {};
	for (const [name, color] of Object.entries(LABELS)) labels[name] = (await ask(kenji, 'POST', '/api/v1/labels', { name, color })).id;
	for (const [shortcut, text] of Object.entries(CANNED)) await ask(kenji, 'POST', '/api/v1/canned', { shortcut, text });
	const ring_ms = 180_000; // two pages are looked at while it rings, in every look
	const ring = { incoming_call_timeout_ms: ring_ms, auto_cancel_timeout_ms: ring_ms, missed_call_timeout_ms: ring_ms };
	await ask(kenji, 'PUT', '/api/v1/calltypes/default', { settings: { ring } });
	const change = (id, what) => ask(kenji, 'PATCH', `/api/v1/conversations/${id}`, what);
	await change('maria', { assignee_id: 'kenji', labels: [labels.Delivery] });
	await change('omar', { labels: [labels.Delivery] });
	await change('jonas', { assignee_id: 'admin', labels: [labels.Praise] });
	await ask(kenji, 'POST', '/api/v1/conversations/aiko/messages', { text: 'Yes, in three to five days.', client_id: 'aiko-answer' });
	await change('aiko', { assignee_id: 'kenji', status: 'pending' });
	return { colleague: kenji, labels, lena };
}
