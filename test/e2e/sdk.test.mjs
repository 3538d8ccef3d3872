// SPDX-License-Identifier: Apache-2.0
// M18: the snippet of the mission's document runs with its import line changed, and the wrong orders give the M2 error.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startConfabd } from '../lib/confabd.mjs';
import { launchChromium, openPage } from '../lib/browser.mjs';
import { signInByLink } from '../lib/app.mjs';
import { snippet as codeOf } from '../lib/snippets.mjs';

const NOT_SET = "User token is not set. Either client.connectUser wasn't called or client.disconnect was called";

let daemon, browser, user;
before(async () => {
	daemon = await startConfabd();
	browser = await launchChromium();
	user = await signInByLink(browser, daemon.links.user);
});
after(async () => {
	await browser.close();
	await daemon.stop();
});

/**
 * Runs a snippet in the page, with the free variables of the document's text. It goes in as text through the debugger's door,
 * so that the page's own policy (no eval) stays as strict as for everybody.
 */
function snippet(body) {
	return user.page.evaluate(`(async () => {
		const { StreamVideoClient } = await import('/sdk/confab-client.js');
		const { apiKey } = await (await fetch('/api/video-call')).json();
		const session = { user: (await (await fetch('/api/auth/session')).json()).user };
		const userId = session.user.id;
		const user = { id: userId, name: session.user.name };
		const callType = 'default', callId = 'snippet-' + Math.floor(performance.now());
		const setClient = () => {};
		const tokenProvider = async () => {
			const answer = await fetch('/api/video-call/token', {
				method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ userId }),
			});
			return (await answer.json()).token;
		};
		const run = async () => {${body}
		};
		try {
			return { value: await run() };
		} catch (error) {
			return { error: error.message };
		}
	})()`);
}

for (const [file, language] of [['README.md', 'js'], ['web/client/README.md', 'ts']]) {
	test(`the first lines of ${file} run as they stand there`, async () => {
		const { text } = codeOf(file, language, 'import { VideoClient }');
		const lines = text
			.replace(/import ({.*}) from '[^']*';/, "const $1 = await import('/sdk/confab-client.js');")
			.replace("'https://chat.example.com'", 'location.origin')
			.replace("{ id: 'ann', name: 'Ann' }", '{ id, name }');
		assert.doesNotMatch(lines, /^import|example\.com/m);
		const result = await snippet(`
const { id, name } = user;
${lines}
const joined = call.state.callingState;
await call.leave();
await client.disconnectUser();
return joined;`);
		assert.deepEqual(result, { value: 'joined' });
		user.assertQuiet();
	});
}

test('"Correct: proper authentication flow" runs', async () => {
	const result = await snippet(`
const videoClient = new StreamVideoClient({ apiKey, user, tokenProvider });

// 1. Connect user FIRST (critical step!)
await videoClient.connectUser(
  {
    id: userId,
    name: session.user.name || 'User',
    image: session.user.image,
  },
  async () => {
    // Fetch token for connection
    const tokenResponse = await fetch('/api/video-call/token', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ userId }),
    });
    const { token } = await tokenResponse.json();
    return token;
  }
);

setClient(videoClient);

// 2. NOW we can join the call
const videoCall = videoClient.call(callType, callId);
await videoCall.join({ create: true });

const state = videoCall.state.callingState;
await videoCall.leave();
await videoClient.disconnectUser();
return state;`);
	assert.equal(result.error, undefined);
	assert.match(result.value, /joined/i);
	assert.ok(user.lines.some((line) => line.includes('Connected to Confab')));
	assert.ok(user.lines.some((line) => line.includes('Video call joined')));
});

test('"Incorrect: missing connectUser" gives exactly the M2 error', async () => {
	const result = await snippet(`
const videoClient = new StreamVideoClient({ apiKey, user, tokenProvider });
setClient(videoClient);

// Immediately trying to join call WITHOUT connecting user first
const videoCall = videoClient.call(callType, callId);
await videoCall.join({ create: true });`);
	assert.equal(result.error, NOT_SET);
});

test('every call operation before connectUser and after disconnectUser rejects with it, and none throws', async () => {
	const result = await snippet(`
const seen = {};
const tryAll = async (call, when) => {
	for (const [name, run] of Object.entries({
		get: () => call.get(), getOrCreate: () => call.getOrCreate(), join: () => call.join({ create: true }),
	})) {
		let promise;
		try { promise = run(); } catch (error) { seen[when + name] = 'threw ' + error.message; continue; }
		seen[when + name] = await promise.then(() => 'resolved', (error) => error.message);
	}
};
const client = new StreamVideoClient({ apiKey });
await tryAll(client.call(callType, callId), 'before ');
await client.connectUser(user, tokenProvider);
await client.disconnectUser();
await tryAll(client.call(callType, callId), 'after ');
return seen;`);
	assert.equal(result.error, undefined);
	for (const [when, message] of Object.entries(result.value)) assert.equal(message, NOT_SET, when);
	assert.equal(Object.keys(result.value).length, 6);
});

test('joining a call that does not exist, without create, is a clear error', async () => {
	const result = await snippet(`
const client = new StreamVideoClient({ apiKey });
await client.connectUser(user, tokenProvider);
const call = client.call(callType, 'never-made');
try { await call.join(); return 'joined'; }
catch (error) { return { code: error.code, statusCode: error.statusCode, state: call.state.callingState, message: error.message }; }
finally { await client.disconnectUser(); }`);
	assert.equal(result.error, undefined);
	assert.equal(result.value.code, 16);
	assert.equal(result.value.statusCode, 404);
	assert.match(result.value.state, /idle/i);
});

test('a token for somebody else, and a provider that returns no string', async () => {
	const other = await snippet(`
const client = new StreamVideoClient({ apiKey });
await client.connectUser({ id: 'somebody-else' }, tokenProvider);`);
	assert.equal(other.error, 'userToken does not have a user_id or is not matching with user.id');
	const number = await snippet(`
const client = new StreamVideoClient({ apiKey });
await client.connectUser(user, async () => 42);`);
	assert.match(number.error, /string/);
});

test('the page itself has no console error but the 404 that was asked for', () => {
	const unexpected = user.problems.filter((line) => !/404/.test(line));
	assert.deepEqual(unexpected, []);
});

test('the sign-in page says what is wrong', async () => {
	const visitor = await openPage(browser, daemon.url.replace('127.0.0.1', 'localhost'));
	await visitor.page.getByLabel('User ID').fill('user');
	await visitor.page.getByLabel('Password').fill('wrong');
	await visitor.page.getByRole('button', { name: 'Sign in' }).click();
	await visitor.page.getByText('Wrong user ID or password.').waitFor();
});
