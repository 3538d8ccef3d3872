// SPDX-License-Identifier: Apache-2.0
// The SDK's channels against the real daemon: state and observables, as an application sees them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { apiKey } from '../lib/confabd.mjs';
import { startWithPeople } from '../lib/people.mjs';
import { loadSdk } from '../lib/sdk-node.mjs';

let daemon, sdk, loaded;
before(async () => {
	({ daemon } = await startWithPeople({ ann: 'admin', ben: 'admin', cleo: 'user' }));
	loaded = await loadSdk();
	sdk = loaded.module;
});
after(async () => {
	await loaded.end();
	await daemon.stop();
});

const connect = (id) => loaded.connect(id, { baseURL: daemon.url });

const until = (observable, matches, ms = 10000) =>
	new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error(`not in ${ms} ms: ${JSON.stringify(observable.get())}`)), ms);
		const check = () => {
			if (!matches(observable.get())) return;
			clearTimeout(timer);
			stop();
			resolve(observable.get());
		};
		const stop = observable.onChange(check);
		check();
	});

test('before connectUser a channel rejects with the known text', async () => {
	const client = new sdk.VideoClient({ apiKey, options: { baseURL: daemon.url } });
	await assert.rejects(client.channel('group', 'x').watch(), new RegExp(sdk.TOKEN_NOT_SET.slice(0, 20)));
	await assert.rejects(client.channel('direct', 'x').sendMessage('x'), new RegExp(sdk.TOKEN_NOT_SET.slice(0, 20)));
});

test('two people in a direct conversation: messages, typing, unread, read', async () => {
	const [ann, ben] = [await connect('ann'), await connect('ben')];
	const mine = ann.channel('direct', 'ben');
	assert.equal(ann.channel('direct', 'ben'), mine, 'the same handle');
	const seen = [];
	mine.state.messages$.subscribe((messages) => seen.push(messages.map((m) => `${m.text}:${m.delivery}`).join()));
	await mine.watch();
	assert.deepEqual([mine.conversationId, mine.state.name, mine.state.watching], ['direct.ann.ben', 'Ben', true]);
	const theirs = ben.channel('direct', 'ann');
	await theirs.watch();
	await mine.sendMessage('hello');
	assert.deepEqual(seen.filter((now, i) => now !== seen[i - 1]), ['', 'hello:sending', 'hello:sent']);
	await until(theirs.state.messages$, (messages) => messages.length === 1);
	assert.equal(theirs.state.unread, 1);
	theirs.keystroke();
	await until(mine.state.typing$, (typing) => typing[0]?.id === 'ben');
	theirs.stopTyping();
	await until(mine.state.typing$, (typing) => typing.length === 0);
	await theirs.markRead();
	assert.equal(theirs.state.unread, 0);
	const id = theirs.state.messages[0].id;
	await until(mine.state.read$, (reads) => reads.some((r) => r.user_id === 'ben' && r.last_read_message_id >= id));
	const elsewhere = (await connect('ben')).channel('direct', 'ann');
	await elsewhere.watch();
	await theirs.markUnread({ message_id: id });
	assert.equal(theirs.state.unread, 1);
	await until(elsewhere.state.unread$, (unread) => unread === 1);
	assert.ok(mine.state.read.some((r) => r.user_id === 'ben' && r.last_read_message_id >= id), 'the other is told nothing');
	await theirs.markRead();
	const reply = await theirs.sendMessage({ text: 'hi', quoted: id });
	await until(mine.state.messages$, (messages) => messages[1]?.quoted?.id === id);
	await mine.sendReaction(reply.id, '👍');
	await until(theirs.state.messages$, (messages) => messages[1].reactions.length === 1);
	await theirs.updateMessage(reply.id, 'hi there');
	await until(mine.state.messages$, (messages) => messages[1].edited && messages[1].text === 'hi there');
	await theirs.deleteMessage(reply.id);
	await until(mine.state.messages$, (messages) => messages[1].deleted);
});

test('a group: made by watch, members come and go, what is older loads in pages, queries', async () => {
	const [ann, cleo] = [await connect('ann'), await connect('cleo')];
	const team = ann.channel('group', 'team', { name: 'The team', members: ['cleo'] });
	await team.watch();
	assert.deepEqual(team.state.members.map((m) => m.user.id), ['ann', 'cleo']);
	const heard = cleo.channel('group', 'team');
	await heard.watch();
	for (let i = 0; i < 60; i++) await team.sendMessage(`m${i}`);
	await until(heard.state.messages$, (messages) => messages.length === 60);
	const late = (await connect('cleo')).channel('group', 'team');
	await late.watch();
	assert.deepEqual([late.state.messages.length, late.state.hasMore], [50, true]);
	await late.loadMore();
	assert.deepEqual([late.state.messages.length, late.state.hasMore, late.state.messages[0].text], [60, false, 'm0']);
	await team.update({ name: 'A team' });
	await until(heard.state.name$, (name) => name === 'A team');
	await team.addMembers(['ben']);
	await until(heard.state.members$, (members) => members.length === 3);
	await assert.rejects(heard.update({ name: 'mine' }), (error) => error.statusCode === 403 && error.code === 17);
	const found = await ann.queryChannels({ type: 'group', name: 'TEAM' }, [{ field: 'name', direction: 1 }]);
	assert.deepEqual(found.map((c) => c.cid), ['group:team']);
	assert.equal((await ann.queryChannels({ member: 'nobody' })).length, 0);
	assert.equal((await cleo.queryChannels({ unread: true })).length, 1);
	await team.removeMembers(['cleo']);
	await until(heard.state.watching$, (watching) => !watching);
	await assert.rejects(heard.sendMessage('still here?'), (error) => error.statusCode === 404);
	assert.equal(heard.state.messages.at(-1).delivery, 'failed');
	const own = cleo.channel('support', 'cleo');
	await own.watch();
	await own.sendMessage('help');
	assert.equal(own.state.messages.at(-1).text, 'help');
});

test('the routes of channels, one by one', async () => {
	const client = await connect('ben');
	const made = await client.chat.createChannel({ type: 'group', id: 'routes', name: 'Routes', members: ['ann'] });
	assert.equal(made.id, 'group.routes');
	assert.equal((await client.chat.updateChannel(made.id, { owners: ['ann'] })).members.filter((m) => m.role === 'owner').length, 2);
	assert.equal((await client.chat.channelInfo(made.id)).member_count, 2);
	assert.ok((await client.chat.channels()).channels.some((c) => c.id === made.id));
	assert.ok((await client.queryChannels({ name: 'routes' })).length === 1);
	assert.equal((await client.chat.leaveChannel(made.id)).member_count, 1);
	await assert.rejects(client.chat.channelInfo(made.id), (error) => error.statusCode === 404);
	const channel = client.channel('group', 'routes');
	await assert.rejects(channel.watch(), (error) => error.code === 16);
	assert.equal(channel.state.watching, false);
});
