// SPDX-License-Identifier: Apache-2.0
// The SDK by itself in a signed-in page: clients of the test's making beside the app's own.

/**
 * Makes window.sdk: the module, and `connect(name, {provider})`, which creates and connects a client and keeps it as
 * window.sdk.clients[name].
 */
export function loadSdk(person) {
	return person.page.evaluate(async () => {
		const module = await import('/sdk/confab-client.js');
		const { apiKey } = await (await fetch('/api/video-call')).json();
		const { user } = (await (await fetch('/api/auth/session')).json());
		const tokenProvider = async () => {
			const answer = await fetch('/api/video-call/token', {
				method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ userId: user.id }),
			});
			return (await answer.json()).token;
		};
		const clients = {};
		window.sdk = {
			...module, apiKey, user, tokenProvider, clients,
			async connect(name, { provider = tokenProvider, options = {} } = {}) {
				const client = new module.VideoClient({ apiKey, user, tokenProvider: provider, options: { devicePersistence: false, ...options } });
				clients[name] = client;
				await client.connectUser();
				return client;
			},
			call: (name, id) => clients[name].call('default', id),
			remote: (name, id) => clients[name].call('default', id).state.remoteParticipants.map((p) => p.userId),
		};
		return user.id;
	});
}

export const closeSdk = (person) =>
	person.page.evaluate(async () => {
		for (const client of Object.values(window.sdk.clients)) await client.disconnectUser();
	});
