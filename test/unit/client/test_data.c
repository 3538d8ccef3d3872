/* SPDX-License-Identifier: Apache-2.0 */
/* Messages in a call: to whom, how they are numbered, and that a resume neither loses nor doubles one. In virtual time
 * (test/lib/client_edges.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "in_call.h"

/* ---- what leaves ---- */

static void to_whom_and_numbered(void **state)
{
	struct in_call *c = *state;
	const char *const to[] = { "ann", "bob" };
	const confab_data some = { .bytes = "hi",
				   .length = 2,
				   .reliable = 1,
				   .topic = "chat",
				   .identities = to,
				   .identity_count = 2 };
	Lk__DataPacket *p;

	for (uint32_t i = 1; i <= 2; i++) {
		assert_int_equal(confab_call_publish_data(c->call, &some), CONFAB_OK);
		p = edges_last_packet(c->call->session);
		assert_int_equal(p->sequence, i);
		assert_string_equal(p->participant_sid, "PA_me");
		assert_int_equal(p->n_destination_identities, 2);
		assert_string_equal(p->destination_identities[1], "bob");
		assert_string_equal(p->user->topic, "chat");
		assert_int_equal(p->kind, 0);
		lk__data_packet__free_unpacked(p, NULL);
	}
	assert_int_equal(confab_call_send_data(c->call, "hi", 2, 0, NULL), CONFAB_OK);
	p = edges_last_packet(c->call->session);
	assert_int_equal(p->kind, 1);
	assert_int_equal(p->sequence, 0); /* lossy: nobody misses a number */
	assert_int_equal(p->n_destination_identities, 0);
	assert_null(p->user->topic);
	lk__data_packet__free_unpacked(p, NULL);
	assert_int_equal(confab_call_send_data(c->call, "hi", 2, 1, NULL), CONFAB_OK);
	p = edges_last_packet(c->call->session);
	assert_int_equal(p->sequence, 3);
	lk__data_packet__free_unpacked(p, NULL);
}

static void bad_input(void **state)
{
	struct in_call *c = *state;
	static char big[60001], topic[5000];
	const char *many[513], *empty[] = { "ann", "" }, *none[] = { NULL }, *broken[] = { "\xff" };
	const confab_data bad[] = {
		{ .bytes = NULL, .length = 1 },
		{ .bytes = "x", .length = 0 },
		{ .bytes = big, .length = sizeof big },
		{ .bytes = "x", .length = 1, .topic = "\xff" },
		{ .bytes = "x", .length = 1, .identities = empty, .identity_count = 2 },
		{ .bytes = "x", .length = 1, .identities = none, .identity_count = 1 },
		{ .bytes = "x", .length = 1, .identities = broken, .identity_count = 1 },
		{ .bytes = "x", .length = 1, .identities = many, .identity_count = 513 },
		/* all together: a server would drop it */
		{ .bytes = big, .length = 60000, .topic = topic },
	};

	memset(topic, 't', sizeof topic - 1);
	for (size_t i = 0; i < sizeof many / sizeof many[0]; i++)
		many[i] = "ann";
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(confab_call_publish_data(c->call, &bad[i]), CONFAB_ERR_BAD_INPUT);
	assert_null(edges_last_packet(c->call->session));
	assert_int_equal(confab_call_leave(c->call, NULL), CONFAB_OK);
	assert_int_equal(confab_call_send_data(c->call, "x", 1, 1, NULL), CONFAB_ERR_NOT_JOINED);
}

/* ---- what comes ---- */

static void take(struct in_call *c, const char *sid, uint32_t sequence)
{
	Lk__DataPacket p = LK__DATA_PACKET__INIT;
	Lk__UserPacket user = LK__USER_PACKET__INIT;
	uint8_t byte = 7;

	user.has_payload = 1;
	user.payload.data = &byte;
	user.payload.len = 1;
	p.user = &user;
	p.participant_sid = text(sid);
	p.has_sequence = sequence != 0;
	p.sequence = sequence;
	in_call_take(c, &p, "ann");
}

static void expect(struct in_call *c, size_t messages)
{
	for (size_t i = 0; i < messages; i++)
		assert_string_equal(seen_next(c, CONFAB_EVENT_DATA)->identity, "ann");
	assert_all_seen(c);
}

static void each_comes_once(void **state)
{
	struct in_call *c = *state;
	const Lk__SyncState *sync;
	char long_sid[100];

	take(c, "PA_ann", 1);
	take(c, "PA_ann", 2);
	expect(c, 2);
	take(c, "PA_ann", 2);
	take(c, "PA_ann", 1);
	expect(c, 0);
	take(c, "PA_bob", 1); /* numbers are each sender's own */
	take(c, "PA_ann", 0); /* and lossy ones have none */
	take(c, "PA_ann", 0);
	take(c, "", 1); /* a hidden sender's */
	take(c, "", 1);
	expect(c, 5);
	memset(long_sid, 's', sizeof long_sid);
	long_sid[sizeof long_sid - 1] = '\0';
	take(c, long_sid, 1); /* nobody's we could tell the server of */
	expect(c, 1);

	edges_cut();
	edges_pass(c->client, 10 * US_PER_MS);
	take(c, "PA_ann", 3); /* media goes on */
	send_reconnected();
	sync = edges_last(LK__SIGNAL_REQUEST__MESSAGE_SYNC_STATE)->sync_state;
	assert_int_equal(sync->n_datachannel_receive_states, 2);
	assert_string_equal(sync->datachannel_receive_states[0]->publisher_sid, "PA_bob");
	assert_int_equal(sync->datachannel_receive_states[0]->last_seq, 1);
	assert_string_equal(sync->datachannel_receive_states[1]->publisher_sid, "PA_ann");
	assert_int_equal(sync->datachannel_receive_states[1]->last_seq, 3);
	take(c, "PA_ann", 3); /* sent again: it crossed the message above */
	take(c, "PA_ann", 4);
	expect(c, 2);
}

static void many_senders(void **state)
{
	struct in_call *c = *state;
	const struct session *s = c->call->session;
	char sid[16];

	for (unsigned i = 0; i < SESSION_HEARD + 10; i++) {
		(void)snprintf(sid, sizeof sid, "PA_%u", i);
		c->count = c->at = 0;
		take(c, sid, 5);
		take(c, sid, 5);
		expect(c, 1);
		take(c, "PA_0", 5); /* is heard all the time, and not forgotten */
		expect(c, 0);
	}
	assert_int_equal(s->heard_count, SESSION_HEARD);
	take(c, "PA_1", 5); /* was */
	expect(c, 1);
	edges_cut();
	edges_pass(c->client, 10 * US_PER_MS);
	send_reconnected();
	assert_int_equal(edges_last(LK__SIGNAL_REQUEST__MESSAGE_SYNC_STATE)
				 ->sync_state->n_datachannel_receive_states,
			 SESSION_HEARD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(to_whom_and_numbered, in_call_set_up,
						in_call_tear_down),
		cmocka_unit_test_setup_teardown(bad_input, in_call_set_up, in_call_tear_down),
		cmocka_unit_test_setup_teardown(each_comes_once, in_call_set_up, in_call_tear_down),
		cmocka_unit_test_setup_teardown(many_senders, in_call_set_up, in_call_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
