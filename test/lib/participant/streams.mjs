// SPDX-License-Identifier: Apache-2.0
// Data streams as LiveKit's SDKs have them, the same in a page and in Node: `room` is a Room of either.
import { payload, sum } from './pattern.mjs';

/** Puts what comes with the topics text and file into `streams`: {from, …info, text and length | length and sum | error}. */
export function takeStreams(room, streams) {
	const take = (read) => async (reader, { identity }) => {
		const content = await read(reader).catch((error) => ({ error: error.message }));
		streams.push({ from: identity, ...reader.info, timestamp: undefined, ...content });
	};
	room.registerTextStreamHandler('text', take(async (reader) => {
		const text = await reader.readAll();
		return { text: text.slice(0, 100), length: text.length };
	}));
	room.registerByteStreamHandler('file', take(async (reader) => {
		const bytes = (await reader.readAll()).flatMap((chunk) => [...chunk]);
		return { length: bytes.length, sum: sum(bytes) };
	}));
}

export async function sendText(room, text, to) {
	await room.localParticipant.sendText(text, { topic: 'text', destinationIdentities: to, attributes: { mood: 'fine' } });
}

/** The sum of what it sent. */
export async function sendFile(room, length, seed, to) {
	const bytes = payload(length, seed);
	const writer = await room.localParticipant.streamBytes({ name: 'window.jpg', topic: 'file', mimeType: 'image/jpeg', totalSize: length, destinationIdentities: to });
	await writer.write(bytes);
	await writer.close();
	return sum(bytes);
}
