// SPDX-License-Identifier: Apache-2.0
// The events of calls, by name: who hears them and what is in them. Each frame is checked against api/openapi.yaml.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { at, enterRoom, startWithPeople } from '../lib/people.mjs';

let daemon, people;
const members = (...ids) => ({ data: { members: ids.map((user_id) => ({ user_id })) } });

before(async () => {
	({ daemon, people } = await startWithPeople({ ann: 'user', bob: 'user', eve: 'user', boss: 'admin' }));
});
after(() => daemon.stop());

test('call.created and call.notification go to the members, and to nobody else', async () => {
	const [bob, eve] = await Promise.all([people.bob.events(), people.eve.events()]);
	await people.ann.call('POST', at('default', 'made'), { ...members('bob'), notify: true });
	const created = await bob.next('call.created');
	assert.deepEqual([created.cid, created.user.id, created.members.map((m) => m.user_id).sort()], ['default:made', 'ann', ['bob']]);
	const told = await bob.next('call.notification');
	assert.deepEqual([told.cid, told.user.id, told.call.created_by.id], ['default:made', 'ann', 'ann']);
	await people.ann.call('POST', at('default', 'made'), { notify: true }); // it exists: told again, made no more
	await bob.next('call.notification');
	await Promise.all([bob.heard(), eve.heard()]);
	assert.equal(bob.seen.filter((e) => e.type === 'call.created').length, 1);
	assert.deepEqual(eve.seen.filter((e) => e.cid === 'default:made'), []);
	await Promise.all([bob.close(), eve.close()]);
});

test('call.session_started, call.session_participant_joined, _left and call.session_ended, in this order', async () => {
	const bob = await people.bob.events();
	await people.ann.call('POST', at('default', 'room'), members('bob'));
	const room = await enterRoom(daemon, await people.ann.call('POST', at('default', 'room', 'join'), {}));
	const started = await bob.next('call.session_started');
	assert.equal(started.state.started_by.id, 'ann');
	const joined = await bob.next('call.session_participant_joined');
	assert.deepEqual([joined.user.id, joined.state.participants.map((u) => u.id)], ['ann', ['ann']]);
	await people.ann.call('POST', at('default', 'room', 'end'), {});
	const left = await bob.next('call.session_participant_left');
	assert.equal(left.user.id, 'ann');
	const ended = await bob.next('call.session_ended');
	assert.equal(ended.session_id, started.state.session_id);
	const cursors = [started, joined, left, ended].map((e) => e.cursor);
	assert.deepEqual(cursors, [...cursors].sort((a, b) => a - b));
	await room.closed;
	await bob.close();
});

test('call.user_muted says who was muted, by whom, and what', async () => {
	const bob = await people.bob.events();
	await people.ann.call('POST', at('default', 'loud'), members('bob'));
	const room = await enterRoom(daemon, await people.bob.call('POST', at('default', 'loud', 'join'), {}));
	await bob.next('call.session_participant_joined');
	await people.ann.call('POST', at('default', 'loud', 'mute_users'), { user_ids: ['bob', 'eve'], audio: true, screenshare: true });
	const muted = await bob.next('call.user_muted');
	assert.deepEqual([muted.muted_user_ids, muted.by.id, muted.kinds], [['bob'], 'ann', ['audio', 'screenshare']]); // eve is not there
	room.socket.close();
	await bob.close();
});

test('call.ended by the server when limits.max_duration_seconds are over', async () => {
	const bob = await people.bob.events();
	await people.ann.call('POST', at('default', 'short'), { data: { ...members('bob').data, settings_override: { limits: { max_duration_seconds: 1 } } } });
	const room = await enterRoom(daemon, await people.ann.call('POST', at('default', 'short', 'join'), {}));
	const ended = await bob.next('call.ended', 15000);
	assert.deepEqual([ended.cid, ended.reason, ended.call.ended_at !== null], ['default:short', 'max_duration', true]);
	await room.closed;
	assert.equal((await people.bob.call('POST', at('default', 'short', 'join'), {})).status, 403);
	await bob.close();
});

test('recording says that it is not there, and what to do instead', async () => {
	await people.ann.call('POST', at('default', 'tape'), {});
	for (const verb of ['start_recording', 'stop_recording', 'recordings']) {
		const { status, body } = await people.ann.call('POST', at('default', 'tape', verb), {});
		assert.deepEqual([status, body.code], [400, 19]);
		assert.match(body.message, /does not record calls\. Record as a participant: .*libconfab/);
	}
});
