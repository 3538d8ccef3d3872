/* SPDX-License-Identifier: Apache-2.0 */
/* The event socket's order of things. */
#include <errno.h>

#include "hub_doubles.h"

static void test_live(void **state)
{
	(void)state;
	hub_set_cursor(hub, 7);
	struct wsconn *c = open_socket("cookie");
	publish(8, "before connect"); /* nobody yet */
	say(c, "{\"type\":\"connect\"}");
	assert_int_equal(c->count, 0);
	pending.session_done(pending.arg, 0, &ann);
	assert_frame(c, 0, "connection.ok", 8);
	publish(9, "stored");
	publish(0, "not stored");
	assert_frame(c, 1, "stored", 9);
	assert_frame(c, 2, "not stored", 0);
	assert_int_equal(c->count, 3);
	assert_int_equal(hub_socket_count(hub), 1);
	drop(c);
	assert_int_equal(hub_socket_count(hub), 0);
}

static void test_audience(void **state)
{
	const struct store_user bob = { .id = "bob", .name = "Bob", .role = ROLE_USER };
	const struct store_user *const users[] = { &ann, &bob, &root };
	/* connection.ok, that the admin came online, and for two of them the event */
	static const size_t wanted[] = { 3, 2, 2 };
	struct wsconn *c[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		c[i] = open_socket("cookie");
		say(c[i], "{\"type\":\"connect\"}");
		pending.session_done(pending.arg, 0, users[i]);
	}
	publish(1, "for ann and admins");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(c[i]->count, wanted[i]);
		drop(c[i]);
	}
}

static void test_replay_then_live_each_once(void **state)
{
	(void)state;
	hub_set_cursor(hub, 13);
	struct wsconn *c = open_socket("cookie");
	say(c, "{\"type\":\"connect\",\"since\":10}");
	pending.session_done(pending.arg, 0, &ann);
	assert_int_equal(pending.since, 10);
	assert_int_equal(c->count, 0);

	publish(0, "older than 14"); /* what 14 says is newer: dropped */
	publish(14, "message.new");  /* the replay will have it too */
	publish(0, "after 14");
	publish(15, "live");

	struct store_event first[] = { message_event(11), message_event(13) },
			   second[] = { message_event(14) };
	pending.replay_done(pending.arg, 0, first, 2, true);
	assert_int_equal(pending.since, 13); /* the next page */
	pending.replay_done(pending.arg, 0, second, 1, false);
	publish(16, "live");

	static const struct {
		const char *type;
		int64_t cursor;
	} wanted[] = { { "connection.ok", 10 }, { "message.new", 11 }, { "message.new", 13 },
		       { "message.new", 14 },	{ "after 14", 0 },     { "live", 15 },
		       { "live", 16 } };
	assert_int_equal(c->count, 7);
	for (size_t i = 0; i < 7; i++)
		assert_frame(c, i, wanted[i].type, wanted[i].cursor);
	drop(c);
}

/* However long a replay is, it never fills the queue: it goes on where it rested. */
static void test_replay_waits_for_its_reader(void **state)
{
	(void)state;
	hub_set_cursor(hub, 14);
	struct wsconn *c = open_socket("cookie");
	say(c, "{\"type\":\"connect\",\"since\":10}");
	pending.session_done(pending.arg, 0, &ann);

	struct store_event first[] = { message_event(11), message_event(12) },
			   second[] = { message_event(13), message_event(14) };
	c->queued = 100; /* something waits: the next page is not asked for */
	pending.replay_done(pending.arg, 0, first, 2, true);
	assert_int_equal(pending.since, 10);
	publish(15, "live");
	c->queued = 0;
	c->handler->drained(c, c->arg);
	assert_int_equal(pending.since, 12);
	c->handler->drained(c, c->arg); /* asks once */

	c->queued = LIMIT_SOCKET_QUEUE / 2; /* enough: what did not go is asked for again */
	pending.replay_done(pending.arg, 0, second, 2, false);
	assert_int_equal(c->count, 3);
	c->queued = 0;
	pending.since = 0;
	c->handler->drained(c, c->arg);
	assert_int_equal(pending.since, 12);
	pending.replay_done(pending.arg, 0, second, 2, false);
	for (size_t i = 0; i < 4; i++)
		assert_frame(c, 1 + i, "message.new", 11 + (int64_t)i);
	assert_frame(c, 5, "live", 15);
	assert_int_equal(c->count, 6);
	pending.since = 0;
	c->handler->drained(c, c->arg); /* live: nothing to ask for */
	assert_int_equal(pending.since, 0);
	drop(c);
}

static void test_resync(void **state)
{
	(void)state;
	hub_set_cursor(hub, 900);
	struct wsconn *c = open_socket("cookie");
	say(c, "{\"type\":\"connect\",\"since\":1}");
	pending.session_done(pending.arg, 0, &ann);
	publish(901, "meanwhile");
	pending.replay_done(pending.arg, -ESTALE, NULL, 0, false);
	publish(902, "live");
	assert_frame(c, 0, "connection.ok", 901);
	assert_frame(c, 1, "resync", 0);
	assert_frame(c, 2, "live", 902);
	assert_int_equal(c->count, 3);
	drop(c);
}

static size_t warnings_in(const struct wsconn *c, size_t i)
{
	assert_true(i < c->count);
	json_t *frame = json_loads(c->sent[i], 0, NULL);
	size_t n = json_array_size(json_object_get(frame, "warnings"));

	json_decref(frame);
	return n;
}

/* The team hears what the server cannot do, when it comes and when it changes, also during a replay; nobody else does. */
static void test_warnings(void **state)
{
	(void)state;
	hub_set_cursor(hub, 13);
	hub_warn(hub, json_pack("[{s:s}]", "kind", "disk_full"));
	struct wsconn *c = open_socket("cookie");
	say(c, "{\"type\":\"connect\"}");
	pending.session_done(pending.arg, 0, &ann);
	assert_null(strstr(c->sent[0], "warnings"));

	struct wsconn *admin = open_socket("cookie");
	say(admin, "{\"type\":\"connect\",\"since\":10}");
	pending.session_done(pending.arg, 0, &root);
	hub_warn(hub, json_pack("[{s:s}, {s:s}]", "kind", "disk_full", "kind", "certificate_ends"));
	assert_int_equal(admin->count, 0); /* connection.ok comes first */
	struct store_event list[] = { message_event(11), message_event(13) };
	pending.replay_done(pending.arg, 0, list, 1, true);
	assert_frame(admin, 0, "connection.ok", 10);
	assert_int_equal(warnings_in(admin, 0), 2);
	publish(0, "older than 13");
	hub_warn(hub, json_array()); /* not older than 13: it is what is now */
	publish(13, "message.new");
	pending.replay_done(pending.arg, 0, list + 1, 1, false);
	assert_frame(admin, 1, "message.new", 11);
	assert_frame(admin, 2, "server.warnings", 0);
	assert_int_equal(warnings_in(admin, 2), 0);
	assert_frame(admin, 3, "message.new", 13);
	assert_int_equal(admin->count, 4);
	for (size_t i = 0; i < c->count; i++)
		assert_null(strstr(c->sent[i], "warnings"));
	drop(admin);
	drop(c);
}

/* As many as they may have; one more is told to come later, and nobody else notices. */
static void test_sockets_of_a_person(void **state)
{
	static const struct store_user bob = { .id = "bob", .name = "Bob", .role = ROLE_USER },
				       guest = { .id = "guest", .role = ROLE_GUEST };
	static const struct {
		const struct store_user *user;
		unsigned most;
	} cases[] = { { &ann, LIMIT_SOCKETS_PER_PERSON }, { &guest, LIMIT_SOCKETS_PER_GUEST } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct wsconn *c[LIMIT_SOCKETS_PER_PERSON + 2];
		unsigned n = cases[i].most;

		for (unsigned k = 0; k <= n; k++) {
			c[k] = open_socket("cookie");
			say(c[k], "{\"type\":\"connect\"}");
			pending.session_done(pending.arg, 0, cases[i].user);
			assert_int_equal(c[k]->code, k < n ? 0 : 1013);
		}
		assert_int_equal(c[n]->count, 1);
		assert_non_null(strstr(c[n]->sent[0], "\"connection.error\""));
		assert_non_null(strstr(c[n]->sent[0], "\"retry_after\":15"));
		assert_int_equal(hub_refused_count(hub), i + 1);

		struct wsconn *other = open_socket("cookie");
		say(other, "{\"type\":\"connect\"}");
		pending.session_done(pending.arg, 0, &bob);
		assert_int_equal(other->code, 0);
		drop(other);
		drop(c[n]);
		drop(c[0]); /* one less: room for one */
		c[0] = open_socket("cookie");
		say(c[0], "{\"type\":\"connect\"}");
		pending.session_done(pending.arg, 0, cases[i].user);
		assert_int_equal(c[0]->code, 0);
		for (unsigned k = 0; k < n; k++)
			drop(c[k]);
	}
	assert_int_equal(hub_socket_count(hub), 0);
}

/* Of those whom nobody knows yet so many of one address; who has said who they are does not count. */
static void test_sockets_of_an_address(void **state)
{
	struct wsconn *c[LIMIT_SOCKETS_UNKNOWN], *known, *other;

	(void)state;
	pending.place = "203.0.113.5";
	known = open_socket("cookie");
	say(known, "{\"type\":\"connect\"}");
	pending.session_done(pending.arg, 0, &ann);
	for (unsigned i = 0; i < LIMIT_SOCKETS_UNKNOWN; i++)
		assert_non_null(c[i] = open_socket(NULL));
	assert_null(open_socket(NULL));
	assert_int_equal(pending.refused, 429);
	assert_int_equal(hub_refused_count(hub), 1);

	pending.place = "203.0.113.6";
	assert_non_null(other = open_socket(NULL));
	drop(other);
	pending.place = NULL; /* this machine's own programs */
	assert_non_null(other = open_socket(NULL));
	drop(other);

	pending.place = "203.0.113.5";
	say(c[0], "{\"type\":\"connect\",\"token\":\"t\"}");
	const struct user_token token = { .expires_at_s = 5 };
	pending.bearer_done(pending.arg, 0, &ann, &token, NULL); /* known now */
	drop(c[1]);
	assert_non_null(c[1] = open_socket(NULL));
	assert_non_null(other = open_socket(NULL));
	assert_null(open_socket(NULL));
	drop(other);
	drop(known);
	for (unsigned i = 0; i < LIMIT_SOCKETS_UNKNOWN; i++)
		drop(c[i]);
}

static void test_refusals(void **state)
{
	static const char *const bad[] = { "",
					   "{",
					   "[]",
					   "5",
					   "{\"type\":5}",
					   "{\"type\":\"hello\"}",
					   "{\"type\":\"connect\",\"since\":-1}",
					   "{\"type\":\"connect\",\"since\":\"1\"}",
					   "{\"type\":\"connect\",\"token\":1}",
					   "{\"type\":\"connect\"}" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) { /* the last one: no cookie */
		struct wsconn *c = open_socket(NULL);
		say(c, bad[i]);
		assert_frame(c, 0, "connection.error", 0);
		assert_int_equal(c->code, 4003);
		say(c, "{\"type\":\"connect\"}"); /* too late */
		assert_int_equal(c->count, 1);
		drop(c);
	}
}

static void test_tokens(void **state)
{
	const struct token_error expired = { .code = TOKEN_EXPIRED, .message = "expired" };
	const struct user_token token = { .expires_at_s = 5 };
	const struct token_error forged = { .code = TOKEN_BAD_SIGNATURE, .message = "forged" };

	(void)state;
	struct wsconn *c = open_socket("cookie"); /* the token counts */
	say(c, "{\"type\":\"connect\",\"token\":\"t\"}");
	pending.bearer_done(pending.arg, 0, &ann, &token, NULL);
	assert_frame(c, 0, "connection.ok", 0);
	hub_close_session(hub, "key-of-cookie"); /* not opened with it */
	assert_int_equal(c->code, 0);
	drop(c);

	c = open_socket(NULL);
	say(c, "{\"type\":\"connect\",\"token\":\"t\"}");
	pending.bearer_done(pending.arg, -EACCES, NULL, NULL, &expired);
	assert_int_equal(c->code, 4001);
	drop(c);

	c = open_socket(NULL);
	say(c, "{\"type\":\"connect\",\"token\":\"t\"}");
	pending.bearer_done(pending.arg, -EACCES, NULL, NULL, &forged);
	assert_int_equal(c->code, 4003);
	drop(c);
}

static void test_logout_closes(void **state)
{
	(void)state;
	struct wsconn *live = open_socket("cookie"), *checking, *other;
	say(live, "{\"type\":\"connect\"}");
	pending.session_done(pending.arg, 0, &ann);
	other = open_socket("another");
	say(other, "{\"type\":\"connect\"}");
	pending.session_done(pending.arg, 0, &ann);
	checking = open_socket("cookie");
	say(checking, "{\"type\":\"connect\"}");

	hub_close_session(hub, "key-of-cookie");
	assert_int_equal(live->code, 4003);
	assert_int_equal(checking->code, 4003);
	assert_int_equal(other->code, 0);
	pending.session_done(pending.arg, 0, &ann); /* found just before the logout: too late */
	assert_int_equal(checking->count, 1);	    /* the error only */
	drop(live);
	drop(checking);
	drop(other);
}

/* Answers that come after the socket has gone find
 * nobody, and free what waited for them (ASan looks). */
static void test_gone_meanwhile(void **state)
{
	struct store_event events[] = { message_event(5) };

	(void)state;
	struct wsconn *c = open_socket("cookie");
	say(c, "{\"type\":\"connect\",\"since\":1}");
	drop(c);
	pending.session_done(pending.arg, 0, &ann);

	c = open_socket("cookie");
	say(c, "{\"type\":\"connect\",\"since\":1}");
	pending.session_done(pending.arg, 0, &ann);
	publish(6, "held");
	drop(c);
	pending.replay_done(pending.arg, 0, events, 1, true);
	assert_int_equal(hub_socket_count(hub), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_live, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_audience, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_replay_then_live_each_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_replay_waits_for_its_reader, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_resync, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_warnings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sockets_of_a_person, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sockets_of_an_address, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tokens, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_logout_closes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_gone_meanwhile, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
