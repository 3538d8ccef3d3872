// SPDX-License-Identifier: Apache-2.0
// Ringing as the server runs it: accept, decline, busy, timeout, cancel, two devices, team, a caller who vanishes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { at, enterRoom, startWithPeople } from '../lib/people.mjs';
import { startConfabd } from '../lib/confabd.mjs';

let daemon, people;
before(async () => {
	({ daemon, people } = await startWithPeople({ ann: 'user', bob: 'user', cleo: 'user', boss: 'admin', deputy: 'admin' }));
});
after(() => daemon.stop());

let number = 0;
/** A fresh call of ann's with these members, ringing. */
async function ring(members, { settings, ...more } = {}) {
	const id = `ring-${++number}`;
	const answer = await people.ann.call('POST', at('default', id), {
		ring: true, device_id: 'ann-phone',
		data: { members: ['ann', ...members].map((user_id) => ({ user_id })), ...(settings ? { settings_override: { ring: settings } } : {}) },
		...more,
	});
	assert.equal(answer.status, 201);
	return { id, answer, post: (who, verb, body = {}) => people[who].call('POST', at('default', id, verb), body), ring: answer.body.ring };
}
const legs = (r) => Object.fromEntries(r.legs.map((leg) => [leg.user_id, leg.state]));

test('a ring is accepted by one device; the others are told who has it', async () => {
	const [a, b] = [await people.ann.events(), await people.bob.events()];
	const call = await ring(['bob']);
	assert.deepEqual([call.ring.state, call.ring.mode, call.ring.caller.id], ['ringing', 'group', 'ann']);
	const rings = await b.next('call.ring');
	assert.equal(rings.ring.id, call.ring.id);
	assert.deepEqual(rings.members.map((m) => m.user_id).sort(), ['ann', 'bob']);
	const answers = await Promise.all(['p', 'q'].map((device_id) => call.post('bob', 'accept', { device_id })));
	assert.deepEqual(answers.map((x) => x.status).sort(), [200, 409]);
	const winner = answers[0].status === 200 ? 'p' : 'q';
	for (const stream of [a, b]) {
		const accepted = await stream.next('call.accepted');
		assert.equal(accepted.device_id, winner);
		assert.deepEqual([accepted.ring.state, legs(accepted.ring)], ['accepted', { bob: 'accepted' }]);
	}
	assert.equal((await call.post('bob', 'accept', { device_id: winner })).status, 200, 'a repeat is no race');
	assert.equal((await call.post('cleo', 'accept')).status, 403);
	assert.equal((await call.post('ann', 'end')).status, 200);
	await Promise.all([a.close(), b.close()]);
});

test('joining is accepting', async () => {
	const a = await people.ann.events();
	const call = await ring(['bob']);
	const joined = await call.post('bob', 'join', { device_id: 'laptop' });
	assert.equal(joined.status, 200);
	assert.equal(joined.body.ring.state, 'accepted');
	assert.equal((await a.next('call.accepted')).user.id, 'bob');
	assert.equal((await call.post('ann', 'end')).status, 200);
	await a.close();
});

test('everybody rejects: the ring is over, as declined', async () => {
	const a = await people.ann.events();
	const call = await ring(['bob', 'cleo']);
	assert.equal((await call.post('bob', 'reject', { reason: 'decline' })).status, 200);
	assert.equal((await a.next('call.rejected')).ring.state, 'ringing');
	await call.post('cleo', 'reject', { reason: 'busy' });
	const last = await a.next('call.rejected');
	assert.deepEqual([last.reason, last.ring.state, last.ring.outcome], ['busy', 'ended', 'declined']);
	assert.equal((await call.post('bob', 'accept')).status, 409, 'what has ended stays ended');
	await a.close();
});

test('cancel stops every phone, for good', async () => {
	const b = await people.bob.events();
	const call = await ring(['bob']);
	await b.next('call.ring');
	await call.post('ann', 'reject', { reason: 'cancel' });
	const gone = await b.next('call.rejected');
	assert.deepEqual([gone.user.id, gone.reason, gone.ring.outcome], ['ann', 'cancel', 'cancelled']);
	assert.equal((await b.next('call.missed')).user.id, 'bob');
	assert.equal((await call.post('bob', 'accept')).status, 409);
	await b.close();
});

test('nobody answers in time: missed', async () => {
	const [a, b] = [await people.ann.events(), await people.bob.events()];
	const started = Date.now();
	const call = await ring(['bob'], { settings: { incoming_call_timeout_ms: 5000, auto_cancel_timeout_ms: 6000 } });
	for (const stream of [a, b]) {
		const missed = await stream.next('call.missed');
		assert.deepEqual([missed.user.id, missed.ring.outcome], ['bob', 'missed']);
	}
	const took = Date.now() - started;
	assert.ok(took > 4000 && took < 14_000, `${took} ms`); // as it was told, and not as long as others ring
	assert.equal((await call.post('bob', 'accept')).status, 409);
	await Promise.all([a.close(), b.close()]);
});

test('who is in another call is busy, and learns that they missed it', async () => {
	const busy = await enterRoom(daemon, await people.cleo.call('POST', at('default', 'elsewhere', 'join'), { create: true }));
	const [a, c] = [await people.ann.events(), await people.cleo.events()];
	const call = await ring(['cleo']);
	assert.deepEqual([call.ring, call.answer.body.ring], [null, null], 'over at once');
	const rejected = await a.next('call.rejected');
	assert.deepEqual([rejected.reason, rejected.ring.outcome], ['busy', 'busy']);
	const rings = await c.next('call.ring');
	assert.deepEqual(legs(rings.ring), { cleo: 'busy' }, 'her devices do not ring for a moment');
	assert.equal((await c.next('call.missed')).user.id, 'cleo');
	busy.socket.close();
	await Promise.all([a.close(), c.close()]);
});

test('a caller whose tab has gone leaves no phone ringing', async () => {
	const b = await people.bob.events();
	const tab = await people.ann.events({ device_id: 'ann-phone' });
	await ring(['bob'], { settings: { incoming_call_timeout_ms: 60000, auto_cancel_timeout_ms: 60000 } });
	await b.next('call.ring');
	await new Promise((resolve) => setTimeout(resolve, 500));
	await tab.close();
	const gone = await b.next('call.rejected', 12000);
	assert.deepEqual([gone.reason, gone.ring.outcome], ['caller_gone', 'cancelled']);
	await b.close();
});

test('who comes fresh is told what rings them; who resumes gets it once', async () => {
	const call = await ring(['bob']);
	const fresh = await people.bob.events();
	assert.equal((await fresh.next('call.ring')).ring.id, call.ring.id);
	await call.post('ann', 'reject');
	await fresh.close();
});

test('a duplicate ring is the same ring, and ringing back is an answer', async () => {
	const call = await ring(['bob']);
	assert.equal((await call.post('ann', 'ring')).body.ring.id, call.ring.id);
	assert.equal((await call.post('bob', 'ring', { device_id: 'x' })).body.ring.state, 'accepted');
	assert.equal((await call.post('ann', 'end')).status, 200);
});

test('a ring needs somebody, and a type that rings', async () => {
	const nobody = await people.ann.call('POST', at('default', 'alone'), { ring: true });
	assert.equal(nobody.status, 400);
	assert.match(nobody.body.message, /nobody to ring/);
	await people.ann.call('POST', at('audio_room', 'hall'), { data: { members: [{ user_id: 'bob' }] } });
	assert.equal((await people.ann.call('POST', at('audio_room', 'hall', 'ring'), {})).status, 400);
});

test('team ring: two admins accept within 50 ms, 200 times: one winner', async () => {
	const wins = { boss: 0, deputy: 0 };
	for (let round = 0; round < 200; round++) {
		const called = await people.bob.call('POST', at('default', 'chat-bob'), { ring: true });
		assert.equal(called.body.ring.mode, 'team');
		const delay = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 50));
		const both = await Promise.all(['boss', 'deputy'].map(async (id) => {
			await delay();
			return people[id].call('POST', at('default', 'chat-bob', 'accept'), { device_id: `${id}-1` });
		}));
		assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 409]);
		const winner = both[0].status === 200 ? 'boss' : 'deputy';
		wins[winner]++;
		const { ring } = (await people.bob.call('GET', at('default', 'chat-bob'))).body;
		const states = legs(ring);
		assert.equal(states[winner], 'accepted');
		assert.equal(Object.values(states).filter((state) => state === 'accepted').length, 1);
		assert.equal((await people[winner].call('POST', at('default', 'chat-bob', 'end'), {})).status, 200);
	}
	assert.ok(wins.boss && wins.deputy, JSON.stringify(wins));
});

test('every call leaves a card in its conversation', async () => {
	const cards = async () => (await people.cleo.call('GET', '/api/v1/conversations/cleo/messages')).body.messages.filter((m) => m.type === 'system');
	const count = (await cards()).length;
	await people.cleo.call('POST', at('default', 'chat-cleo'), { ring: true, video: false });
	await people.cleo.call('POST', at('default', 'chat-cleo', 'reject'), {});
	const stream = await people.cleo.events();
	const [customer, admin] = await Promise.all(['cleo', 'boss'].map(async (id) => enterRoom(daemon, await people[id].call('POST', at('default', 'chat-cleo', 'join'), { create: true }))));
	await new Promise((resolve) => setTimeout(resolve, 1200));
	await people.boss.call('POST', at('default', 'chat-cleo', 'end'), {});
	await Promise.all([customer.closed, admin.closed]);
	const posted = await stream.next((event) => event.type === 'message.new' && event.message.call);
	assert.equal(posted.message.call.outcome, 'completed');
	const [cancelled, completed] = (await cards()).slice(count);
	assert.deepEqual([cancelled.call.outcome, cancelled.call.caller.id, cancelled.call.duration_s, cancelled.text], ['cancelled', 'cleo', 0, 'Cancelled voice call']);
	assert.ok(completed.call.duration_s >= 1);
	assert.deepEqual(completed.call.participants.map((p) => p.id).sort(), ['boss', 'cleo']);
	assert.equal((await people.cleo.call('PATCH', `/api/v1/conversations/cleo/messages/${completed.id}`, { text: 'never happened' })).status, 403);
	const history = await people.boss.call('GET', '/api/v1/operator/history?conversation=cleo');
	assert.deepEqual(history.body.cards[0], completed.call);
	await stream.close();
});

test('who hangs up while it rings leaves one card, whichever of the two the server hears of first', async () => {
	const stream = await people.cleo.events();
	const room = await enterRoom(daemon, await people.cleo.call('POST', at('default', 'chat-cleo', 'join'), { create: true, ring: true }));
	room.socket.send(Buffer.from([0x42, 0])); // SignalRequest.leave
	await room.closed;
	await stream.next('call.session_ended');
	await people.cleo.call('POST', at('default', 'chat-cleo', 'reject'), {});
	const posted = await stream.next((event) => event.type === 'message.new' && event.message.call);
	assert.equal(posted.message.call.outcome, 'cancelled');
	assert.equal(stream.seen.filter((event) => event.type === 'message.new' && event.message.call).length, 1);
	await stream.close();
});

test('the team asks colleagues into a call that goes on, which leaves no card of its own; customers ask nobody in', async () => {
	const call = (who, verb, body = {}) => people[who].call('POST', at('default', 'chat-cleo', verb), body);
	const [stream, colleague] = [await people.boss.events(), await people.deputy.events()];
	const rooms = await Promise.all(['cleo', 'boss'].map(async (id) => enterRoom(daemon, await call(id, 'join', { create: true }))));
	await stream.next('call.session_participant_joined');
	const refused = await call('cleo', 'ring', { member_ids: ['deputy'] });
	assert.deepEqual([refused.status, /for the team to say/.test(refused.body.message)], [403, true]);
	for (const answer of ['reject', 'accept']) {
		const asked = await call('boss', 'ring', { member_ids: ['deputy'] });
		assert.deepEqual([asked.status, asked.body.ring?.mode, legs(asked.body.ring)], [200, 'group', { deputy: 'ringing' }]);
		assert.equal((await colleague.next('call.ring')).ring.id, asked.body.ring.id);
		assert.equal((await call('deputy', answer)).status, 200);
		await stream.next(`call.${answer}ed`);
	}
	assert.equal((await call('boss', 'ring', { member_ids: ['ann'] })).status, 400, 'a customer of another conversation is nobody here');
	await call('boss', 'end');
	await Promise.all(rooms.map((room) => room.closed));
	await stream.next((event) => event.type === 'message.new' && event.message.call?.outcome === 'completed');
	assert.equal(stream.seen.filter((event) => event.type === 'message.new' && event.message.call).length, 1);
	await Promise.all([stream.close(), colleague.close()]);
});

test('into a call between two a third person is let for as long as it goes on, and not into the conversation', async () => {
	const made = await people.boss.call('POST', '/api/v1/channels', { type: 'direct', user_id: 'ann' });
	assert.equal(made.status, 201);
	const id = made.body.channel.id;
	const call = (who, verb, body = {}) => people[who].call(verb ? 'POST' : 'GET', at('default', `chat-${id}`, verb), verb ? body : undefined);
	const invite = (who, other) => call(who, 'members', { update_members: [{ user_id: other }] });
	assert.equal((await call('boss', 'ring')).status, 404, 'there is no call yet');
	const rooms = [];
	const enter = async (who, body = {}) => rooms.push(await enterRoom(daemon, await call(who, 'join', body)));
	const [boss, third, outsider] = await Promise.all(['boss', 'deputy', 'cleo'].map((who) => people[who].events()));
	await enter('ann', { create: true });
	const early = await invite('boss', 'deputy');
	assert.deepEqual([early.status, /while you are in it/.test(early.body.message)], [400, true]);
	await enter('boss');
	assert.equal((await invite('ann', 'deputy')).status, 403, 'it is for the team');
	assert.equal((await call('deputy')).status, 404);
	assert.equal((await call('deputy', 'join')).status, 404);

	const invited = await invite('boss', 'deputy');
	assert.deepEqual(invited.body.members.map((m) => [m.user_id, m.role]).sort(), [['ann', 'call_member'], ['boss', 'call_member'], ['deputy', 'guest']]);
	const asked = await call('boss', 'ring', { member_ids: ['deputy'] });
	assert.deepEqual([asked.status, legs(asked.body.ring)], [200, { deputy: 'ringing' }]);
	assert.equal((await third.next('call.ring')).ring.id, asked.body.ring.id);
	assert.equal((await call('deputy', 'accept')).status, 200);
	await enter('deputy');
	for (const stream of [boss, third]) await stream.next((event) => event.type === 'call.session_participant_joined' && event.user.id === 'deputy');
	const own = (await call('deputy')).body.own_capabilities;
	assert.deepEqual(['send-audio', 'send-video', 'end-call', 'kick-user'].map((right) => own.includes(right)), [true, true, false, false], 'a guest, though of the team');
	assert.equal((await people.deputy.call('GET', `/api/v1/conversations/${id}/messages`)).status, 404);
	assert.deepEqual((await people.deputy.call('GET', '/api/v1/channels')).body.channels.filter((c) => c.id === id), []);

	await call('boss', 'end');
	await Promise.all(rooms.map((room) => room.closed));
	for (const stream of [boss, third]) await stream.next('call.session_ended');
	assert.equal((await call('deputy')).status, 404, 'the next one is between two again');
	assert.deepEqual((await call('boss')).body.members.map((m) => m.user_id).sort(), ['ann', 'boss']);
	await people.boss.call('POST', at('default', `chat-${id}`), { ring: true });
	await boss.next((event) => event.type === 'call.ring' && event.ring.caller.id === 'boss' && event.conversation_id === id && event.ring.id !== asked.body.ring.id);
	await call('boss', 'reject');
	await Promise.all([third.heard(), outsider.heard()]);
	assert.equal(third.seen.filter((event) => event.type === 'call.ring').length, 1);
	assert.ok(!outsider.seen.some((event) => event.conversation_id === id));
	await Promise.all([boss.close(), third.close(), outsider.close()]);
});

test('who was in a call says how it was, and the team reads it with the calls of the past', async () => {
	const say = (who, body) => people[who].call('POST', at('default', 'chat-cleo', 'feedback'), body);
	for (const rating of [undefined, null, 0, 6, 2.5, '3']) assert.equal((await say('cleo', { rating })).status, 400);
	assert.equal((await say('cleo', { rating: 3, reason: 'x'.repeat(501) })).status, 400);
	assert.equal((await say('cleo', { rating: 3, session_id: 'cs_other' })).status, 400);
	assert.match((await say('deputy', { rating: 5 })).body.message, /You were not in that call/);
	assert.equal((await say('ann', { rating: 5 })).status, 404);
	assert.equal((await say('cleo', { rating: 1 })).status, 200);
	assert.equal((await say('cleo', { rating: 2, reason: 'It stood still.' })).status, 200, 'another word in place of the first');
	assert.equal((await say('boss', { rating: 5 })).status, 200);
	const wanted = [{ user_id: 'boss', rating: 5, reason: null }, { user_id: 'cleo', rating: 2, reason: 'It stood still.' }];
	const { cards } = (await people.boss.call('GET', '/api/v1/operator/history?conversation=cleo')).body;
	assert.deepEqual(cards[0].feedback, wanted);
	assert.equal(cards[1].feedback, undefined);
	assert.deepEqual((await people.boss.call('GET', '/api/v1/customers/cleo')).body.customer.calls[0].feedback, wanted);
	const figures = (await people.boss.call('GET', '/api/v1/support/figures')).body;
	assert.deepEqual([figures.call_ratings, figures.call_rating_mean], [2, 3.5]);
	const { messages } = (await people.cleo.call('GET', '/api/v1/conversations/cleo/messages')).body;
	assert.ok(messages.every((message) => message.call?.feedback === undefined), 'it is not said in the conversation');
});

test('a restart ends what rang, as missed, and says so to who resumes', async () => {
	const first = await startWithPeople({ ann: 'user' });
	const boss = first.daemon.links.admin;
	const { cursor } = (await first.people.ann.call('GET', '/api/v1/conversations')).body;
	await first.people.ann.call('POST', at('default', 'chat-ann'), { ring: true });
	const { data } = first.daemon;
	first.daemon.kill();
	await first.daemon.exited;
	const second = await startConfabd({ data });
	first.people.ann.base = second.url;
	const stream = await first.people.ann.events({ since: cursor });
	assert.equal((await stream.next('call.ring')).ring.state, 'ringing');
	const missed = await stream.next('call.missed');
	assert.deepEqual([missed.ring.state, missed.ring.outcome], ['ended', 'missed']);
	assert.equal((await stream.next((event) => event.message?.call)).message.call.outcome, 'missed');
	assert.ok(boss);
	await stream.close();
	await second.stop();
});
