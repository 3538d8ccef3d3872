// SPDX-License-Identifier: Apache-2.0
// The tour's part on the customer's page: slow mode, and the question of how it was.
import assert from 'node:assert/strict';
import { say } from '../app.mjs';

export async function care(admin, user, { colleague }, stop) {
	const ask = async (...request) => {
		const { status, body } = await colleague.call(...request);
		assert.equal(status, 200, request.join(' '));
		return body;
	};
	const { hours } = await ask('GET', '/api/v1/support/hours');
	const slow = (seconds) => ask('PUT', '/api/v1/support/hours', { ...hours, slow_mode_s: seconds });
	await say(user, 'It works again. Thank you!');
	await slow(120); // counts from that message on, and an open page hears of it
	await user.page.getByRole('timer').waitFor();
	await stop('customer-slow', user.page, { once: true });
	await slow(0);
	await ask('PATCH', '/api/v1/conversations/user', { status: 'resolved' });
	await user.page.getByRole('form', { name: 'How was it?' }).waitFor();
	await user.page.getByRole('radio', { name: 'Very good' }).check({ force: true }); // the star is drawn over it
	await stop('customer-rates', user.page);
	await user.page.getByRole('button', { name: 'Skip' }).click();
	await ask('PATCH', '/api/v1/conversations/user', { status: 'open' });
	await admin.page.getByRole('list', { name: 'Conversations' }).getByText('Sam Rivera').waitFor();
}
