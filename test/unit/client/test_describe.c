/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of our own name, metadata and attributes, in virtual time (test/lib/client_edges.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "in_call.h"

struct answer {
	int ended;
	confab_error error;
};

static void on_answer(void *arg, const confab_error *error)
{
	struct answer *a = arg;

	a->ended++;
	a->error = error ? *error : (confab_error){ 0 };
}

static void respond(uint32_t id, Lk__RequestReason reason, const char *message)
{
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__RequestResponse r = LK__REQUEST_RESPONSE__INIT;

	r.has_request_id = r.has_reason = 1;
	r.request_id = id;
	r.reason = reason;
	r.message = text(message);
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE;
	m.request_response = &r;
	edges_signal(&m);
}

static const Lk__UpdateParticipantMetadata *last(void)
{
	const Lk__SignalRequest *r = edges_last(LK__SIGNAL_REQUEST__MESSAGE_UPDATE_METADATA);

	assert_non_null(r);
	return r->update_metadata;
}

static const confab_attribute hands[] = { { "hand", "up" }, { "mood", NULL } };
static const confab_description all = {
	.name = "Me", .metadata = "{}", .attributes = hands, .attribute_count = 2
};

static void ask(struct in_call *c, const confab_description *d, struct answer *a)
{
	confab_call_describe_async(c->call, d, on_answer, a);
	edges_run(c->client);
}

static void taken_and_refused(void **state)
{
	struct in_call *c = *state;
	static const struct {
		Lk__RequestReason reason;
		int code;
		const char *text;
	} no[] = {
		{ LK__REQUEST_REASON__NOT_ALLOWED, CONFAB_ERR_NOT_ALLOWED, "canUpdateOwnMetadata" },
		{ LK__REQUEST_REASON__LIMIT_EXCEEDED, CONFAB_ERR_BAD_INPUT, "the server's words" },
		{ LK__REQUEST_REASON__UNCLASSIFIED_ERROR, CONFAB_ERR_INTERNAL, "reason 6" },
	};
	struct answer a = { 0 }, b = { 0 };
	uint32_t id;

	ask(c, &all, &a);
	assert_string_equal(last()->name, "Me");
	assert_string_equal(last()->metadata, "{}");
	assert_int_equal(last()->n_attributes, 2);
	assert_string_equal(last()->attributes[0]->value, "up");
	assert_string_equal(last()->attributes[1]->value, ""); /* takes it away */
	id = last()->request_id;
	assert_int_not_equal(id, 0);
	respond(id + 7, LK__REQUEST_REASON__OK, NULL); /* of something else */
	respond(id, LK__REQUEST_REASON__QUEUED, NULL);
	assert_int_equal(a.ended, 0);
	ask(c, &(confab_description){ .name = "You" }, &b);
	assert_int_not_equal(last()->request_id, id);
	respond(id, LK__REQUEST_REASON__OK, NULL);
	assert_int_equal(a.ended, 1);
	assert_int_equal(a.error.code, CONFAB_OK);
	assert_int_equal(b.ended, 0);
	respond(last()->request_id, LK__REQUEST_REASON__OK, NULL);
	respond(last()->request_id, LK__REQUEST_REASON__OK, NULL); /* twice is once */
	assert_int_equal(b.ended, 1);

	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
		ask(c, &all, &a);
		respond(last()->request_id, no[i].reason, "the server's words");
		assert_int_equal(a.ended, i + 2);
		assert_int_equal(a.error.code, no[i].code);
		assert_non_null(strstr(a.error.message, no[i].text));
	}
}

static void bad_input(void **state)
{
	struct in_call *c = *state;
	const confab_attribute nameless[] = { { "", "x" } }, broken[] = { { "a", "\xff" } };
	const confab_description bad[] = {
		{ .name = "", .metadata = NULL },
		{ .attributes = nameless, .attribute_count = 1 },
		{ .attributes = broken, .attribute_count = 1 },
		{ .name = "\xc3" },
		{ .metadata = "\xff" },
		{ .attributes = hands, .attribute_count = 1001 },
	};
	confab_error error;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(confab_call_describe(c->call, &bad[i], &error),
				 CONFAB_ERR_BAD_INPUT);
		assert_true(error.message[0]);
	}
	assert_null(edges_last(LK__SIGNAL_REQUEST__MESSAGE_UPDATE_METADATA));
	assert_int_equal(confab_call_leave(c->call, NULL), CONFAB_OK);
	assert_int_equal(confab_call_describe(c->call, &all, &error), CONFAB_ERR_NOT_JOINED);
}

/* No answer; the connection resumed meanwhile; the call lost. */
static void no_answer(void **state)
{
	struct in_call *c = *state;
	struct answer a = { 0 };
	uint32_t id;

	ask(c, &all, &a);
	edges_pass(c->client, 4900 * US_PER_MS);
	assert_int_equal(a.ended, 0);
	edges_pass(c->client, 200 * US_PER_MS);
	assert_int_equal(a.error.code, CONFAB_ERR_NETWORK);

	ask(c, &all, &a); /* asked before the cut, and in it */
	id = last()->request_id;
	edges_cut();
	edges_reset_sent();
	edges_pass(c->client, 6000 * US_PER_MS); /* nobody can answer */
	assert_int_equal(a.ended, 1);
	send_reconnected();
	assert_int_equal(last()->request_id, id);
	assert_string_equal(last()->name, "Me");
	respond(id, LK__REQUEST_REASON__OK, NULL);
	assert_int_equal(a.ended, 2);
	assert_int_equal(a.error.code, CONFAB_OK);

	ask(c, &all, &a);
	send_leave(LK__LEAVE_ACTION__RECONNECT, LK__DISCONNECT_REASON__UNKNOWN_REASON);
	assert_int_equal(a.ended, 3);
	assert_int_equal(a.error.code, CONFAB_ERR_NETWORK);
}

static void left(void **state)
{
	struct in_call *c = *state;
	struct answer a = { 0 };

	ask(c, &all, &a);
	assert_int_equal(confab_call_leave(c->call, NULL), CONFAB_OK);
	assert_int_equal(a.ended, 1);
	assert_int_equal(a.error.code, CONFAB_ERR_LEFT);
}

/* Another server's token is renewed with what we said of ourselves: whoever joins anew shows it. */
static void the_newest_token(void **state)
{
	struct in_call *c = *state;
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;

	assert_string_equal(c->call->token, in_call_options.token);
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_REFRESH_TOKEN;
	m.refresh_token = text("newer");
	edges_signal(&m);
	assert_string_equal(c->call->token, "newer");
	m.refresh_token = text("");
	edges_signal(&m);
	assert_string_equal(c->call->token, "newer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(taken_and_refused, in_call_set_up,
						in_call_tear_down),
		cmocka_unit_test_setup_teardown(bad_input, in_call_set_up, in_call_tear_down),
		cmocka_unit_test_setup_teardown(no_answer, in_call_set_up, in_call_tear_down),
		cmocka_unit_test_setup_teardown(left, in_call_set_up, in_call_tear_down),
		cmocka_unit_test_setup_teardown(the_newest_token, in_call_set_up,
						in_call_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
