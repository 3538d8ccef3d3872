// SPDX-License-Identifier: Apache-2.0
// Voice notes: sound with a length and a shape, told from the bytes; bad input is refused; other pages may fetch the sound.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWithPeople } from '../lib/people.mjs';

let daemon, people;
before(async () => ({ daemon, people } = await startWithPeople({ boss: 'admin', ann: 'user' })));
after(() => daemon.stop());

const webm = (codec) => Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0x84, 0x42, 0x86, 0x81, 0x01]), Buffer.from([0x86, 0x80 + codec.length]), Buffer.from(codec), Buffer.alloc(200, 7)]);
/** Bytes as they are. */
async function attach(query, body) {
	const headers = { 'content-type': 'application/octet-stream', cookie: people.ann.cookie };
	const answer = await fetch(`${daemon.url}/api/v1/conversations/ann/attachments?${query}`, { method: 'POST', headers, body });
	return { status: answer.status, text: await answer.text() };
}

test('a voice note goes with a message, to the other side, the export and other pages', async () => {
	const sent = await attach('name=voice.webm&duration_ms=12345&waveform=0123456789abcdef', webm('A_OPUS'));
	assert.equal(sent.status, 201, sent.text);
	const { attachment } = JSON.parse(sent.text);
	assert.equal(attachment.mime_type, 'audio/webm');
	assert.deepEqual(attachment.voice, { duration_ms: 12345, waveform: '0123456789abcdef' });
	assert.equal((await people.ann.call('POST', '/api/v1/conversations/ann/messages', { text: '', client_id: 'v', attachments: [attachment.id] })).status, 201);
	const { messages } = (await people.boss.call('GET', '/api/v1/conversations/ann/messages')).body;
	assert.deepEqual(messages.at(-1).attachments[0].voice, attachment.voice);
	const page = await people.boss.raw('GET', '/api/v1/conversations/ann/export?format=html');
	assert.ok(page.text.includes('Voice note, 0:12: voice.webm'));
	const sound = await fetch(`${daemon.url}${attachment.url}`, { headers: { origin: 'https://shop.example' } });
	assert.deepEqual([sound.status, sound.headers.get('content-type'), sound.headers.get('access-control-allow-origin')], [200, 'audio/webm', '*']);
	assert.ok(Buffer.from(await sound.arrayBuffer()).equals(webm('A_OPUS')));
});

test('what is no sound, too long or without its shape is refused', async () => {
	const full = 'duration_ms=1000&waveform=05af';
	assert.match((await attach(full, webm('V_VP8'))).text, /must be sound; these bytes are video\/webm/);
	assert.match((await attach(full, 'just text')).text, /must be sound; these bytes are text\/plain/);
	for (const query of ['duration_ms=1000', 'waveform=05af', 'duration_ms=0&waveform=05', 'duration_ms=300001&waveform=05', 'duration_ms=x&waveform=05', 'duration_ms=1000&waveform=', 'duration_ms=1000&waveform=xyz', 'duration_ms=1000&waveform=0F', `duration_ms=1000&waveform=${'0'.repeat(65)}`])
		assert.equal((await attach(query, webm('A_OPUS'))).status, 400, query);
	assert.equal((await attach(`duration_ms=300000&waveform=${'0'.repeat(64)}`, webm('A_OPUS'))).status, 201);
	const plain = JSON.parse((await attach('name=a.webm', webm('A_OPUS'))).text).attachment;
	assert.equal(plain.voice, undefined, 'an ordinary file of sound');
});
