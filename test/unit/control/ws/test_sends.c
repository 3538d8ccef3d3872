/* SPDX-License-Identifier: Apache-2.0 */
/* What a client sends on the event socket, and what it gets for it. */
#include <errno.h>

#include "hub_doubles.h"

static struct wsconn *open_live(void)
{
	struct wsconn *c = open_socket("cookie");

	say(c, "{\"type\":\"connect\"}");
	pending.session_done(pending.arg, 0, &ann);
	return c;
}

static void send_text(struct wsconn *c, const char *id)
{
	char frame[256];

	(void)snprintf(
		frame, sizeof frame,
		"{\"type\":\"message.send\",\"request_id\":\"%s\",\"conversation_id\":\"ann\","
		"\"message\":{\"text\":\"x\",\"client_id\":\"c%s\"}}",
		id, id);
	say(c, frame);
}

static struct store_event event_of(int64_t cursor, const char *client_id)
{
	struct store_event event = message_event(cursor);

	event.message.client_id = client_id;
	return event;
}

static void publish_message(const struct store_event *event)
{
	static const char *const customer = "ann";

	hub_publish_message(
		hub,
		&(struct hub_audience){ .admins = true, .user_ids = &customer, .user_count = 1 },
		event);
}

/* The i-th frame is the reply to `id`: its status, or of an event 0. */
static void assert_reply(const struct wsconn *c, size_t i, const char *id, int status, int code)
{
	assert_true(i < c->count);
	json_t *frame = json_loads(c->sent[i], 0, NULL);
	const json_t *error = json_object_get(frame, "error");
	const char *named = json_string_value(json_object_get(frame, "request_id"));

	assert_non_null(frame);
	assert_string_equal(named ? named : "", id);
	assert_int_equal(json_integer_value(json_object_get(frame, "status_code")), status);
	assert_int_equal(json_integer_value(json_object_get(error, "code")), code);
	assert_true((error != NULL) != (json_object_get(frame, "message") != NULL));
	json_decref(frame);
}

/* The event is the reply to the socket that sent the message; another one of its user gets it as it is. */
static void test_send(void **state)
{
	const struct store_event event = event_of(8, "cr1");
	const struct message_reply stored = { .message = &event.message, .created = true };

	(void)state;
	struct wsconn *c = open_live(), *other = open_live();
	send_text(c, "r1");
	assert_int_equal(pending.messages, 1);
	assert_string_equal(pending.writer, "ann");
	assert_string_equal(pending.text, "x");
	publish_message(&event);
	pending.message_done[0](pending.message_arg[0], &stored);
	assert_frame(c, 1, "message.new", 8);
	assert_reply(c, 1, "r1", 0, 0);
	assert_frame(other, 1, "message.new", 8);
	assert_null(strstr(other->sent[1], "request_id"));
	assert_int_equal(c->count, 2);

	send_text(c, "r2"); /* a retry: it is there already, and nothing is published */
	pending.message_done[1](pending.message_arg[1],
				&(struct message_reply){ .message = &event.message });
	assert_frame(c, 2, "reply", 0);
	assert_reply(c, 2, "r2", 200, 0);
	assert_int_equal(other->count, 2);
	drop(c);
	drop(other);
}

static void test_send_refused(void **state)
{
	static const struct {
		const char *frame, *id;
	} bad[] = {
		{ "", "" },
		{ "[]", "" },
		{ "{\"type\":\"message.send\"}", "" },
		{ "{\"type\":\"message.send\",\"request_id\":5}", "" },
		{ "{\"type\":\"message.send\",\"request_id\":\"a b\"}", "" },
		{ "{\"type\":\"hello\",\"request_id\":\"r\"}", "r" },
		{ "{\"request_id\":\"r\"}", "r" },
		{ "{\"type\":\"message.send\",\"request_id\":\"r\",\"message\":{}}", "r" },
		{ "{\"type\":\"message.send\",\"request_id\":\"r\",\"conversation_id\":\"ann\"}",
		  "r" },
	};
	struct refusal slow = { .status = 429, .code = 60, .retry_after_s = 7 };

	(void)state;
	struct wsconn *c = open_live();
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		say(c, bad[i].frame);
		assert_reply(c, 1 + i, bad[i].id, 400, 4);
	}
	size_t n = c->count;
	assert_int_equal(pending.messages, 0);
	send_text(c, "slow");
	pending.message_done[0](pending.message_arg[0],
				&(struct message_reply){ .refused = &slow });
	assert_reply(c, n, "slow", 429, 60);
	assert_non_null(strstr(c->sent[n], "\"retry_after\":7"));
	pending.banned = true;
	send_text(c, "banned");
	assert_reply(c, n + 1, "banned", 403, 17);
	assert_int_equal(c->code, 0);
	drop(c);

	c = open_socket("cookie");
	say(c, "{\"type\":\"connect\"}");
	send_text(c, "early");
	assert_frame(c, 0, "connection.error", 0);
	assert_int_equal(c->code, 4003);
	drop(c);
	pending.session_done(pending.arg, 0, &ann);
}

/* A browser shows its page no pings: the page asks itself. */
static void test_health_check(void **state)
{
	(void)state;
	struct wsconn *c = open_live();
	assert_non_null(strstr(c->sent[0], "\"accepts\":[\"message.send\",\"health.check\"]"));
	say(c, "{\"type\":\"health.check\"}");
	say(c, "{\"type\":\"health.check\",\"request_id\":\"of no use\"}");
	assert_int_equal(c->count, 3);
	assert_string_equal(c->sent[1], "{\"type\":\"health.check\"}");
	assert_string_equal(c->sent[2], c->sent[1]);
	assert_int_equal(pending.messages, 0);
	drop(c);

	c = open_socket("cookie");
	say(c, "{\"type\":\"connect\"}");
	say(c, "{\"type\":\"health.check\"}");
	assert_frame(c, 0, "connection.error", 0);
	drop(c);
	pending.session_done(pending.arg, 0, &ann);
}

/* So many at once, and no more until one is answered. */
static void test_send_bounded(void **state)
{
	const struct store_event event = event_of(8, "cr0");
	char id[8];

	(void)state;
	struct wsconn *c = open_live();
	for (int i = 0; i < LIMIT_SOCKET_SENDS; i++) {
		(void)snprintf(id, sizeof id, "r%d", i);
		send_text(c, id);
	}
	assert_int_equal(c->count, 1);
	send_text(c, "more");
	assert_reply(c, 1, "more", 429, 9);
	assert_int_equal(pending.messages, LIMIT_SOCKET_SENDS);
	pending.message_done[0](pending.message_arg[0],
				&(struct message_reply){ .message = &event.message });
	assert_reply(c, 2, "r0", 200, 0);
	pending.messages = 0; /* the next one takes its place */
	send_text(c, "r0");
	assert_int_equal(pending.messages, 1);
	assert_int_equal(c->count, 3);
	drop(c); /* and all replies come to nobody (ASan looks) */
	for (int i = 0; i < LIMIT_SOCKET_SENDS; i++)
		pending.message_done[i](pending.message_arg[i],
					&(struct message_reply){ .message = &event.message });
}

/* What proved the user is looked at again after a second, and no frame overtakes one that waits for that. */
static void test_send_proves_again(void **state)
{
	const struct token_error ended = { .code = TOKEN_NOT_OURS, .message = "ended" };
	struct store_user demoted = ann;

	(void)state;
	pending.now_us = 5 * US_PER_S;
	struct wsconn *c = open_live();
	pending.now_us += US_PER_S;
	send_text(c, "r1");
	assert_int_equal(pending.messages, 0);
	void *first = pending.arg;
	send_text(c, "r2");
	void *second = pending.arg;
	pending.still_done(first, 0, &ann, NULL, NULL);
	assert_int_equal(pending.messages, 1);
	send_text(c, "r3"); /* fresh, but r2 is before it */
	assert_int_equal(pending.messages, 1);
	void *third = pending.arg;
	pending.still_done(second, 0, &ann, NULL, NULL);
	pending.still_done(third, 0, &ann, NULL, NULL);
	assert_int_equal(pending.messages, 3);
	send_text(c, "r4");
	assert_int_equal(pending.messages, 4);

	pending.now_us += US_PER_S;
	send_text(c, "r5");
	pending.still_done(pending.arg, -EIO, NULL, NULL, NULL);
	assert_reply(c, 1, "r5", 503, 9);
	assert_int_equal(c->code, 0);
	send_text(c, "r6");
	pending.still_done(pending.arg, -EACCES, NULL, NULL, &ended);
	assert_reply(c, 2, "r6", 401, 5);
	assert_frame(c, 3, "connection.error", 0);
	assert_int_equal(c->code, 4003);
	assert_int_equal(pending.messages, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct refusal full = { .status = 503, .code = 9 };
		pending.message_done[i](pending.message_arg[i],
					&(struct message_reply){ .refused = &full });
	}
	assert_int_equal(c->count, 4); /* nothing after connection.error */
	drop(c);

	c = open_live();
	pending.now_us += US_PER_S;
	demoted.role = ROLE_ADMIN;
	send_text(c, "r7");
	pending.still_done(pending.arg, 0, &demoted, NULL, NULL);
	assert_reply(c, 1, "r7", 503, 9);
	assert_int_equal(c->code, 1012);
	drop(c);
}

/* Who has gone has still sent it; whose session has ended meanwhile has not. */
static void test_send_gone_meanwhile(void **state)
{
	const struct store_event event = event_of(8, "cr1");

	(void)state;
	struct wsconn *c = open_live();
	pending.now_us += 2 * US_PER_S;
	send_text(c, "r1");
	drop(c);
	pending.still_done(pending.arg, 0, &ann, NULL, NULL);
	assert_int_equal(pending.messages, 1);
	pending.message_done[0](pending.message_arg[0],
				&(struct message_reply){ .message = &event.message });

	c = open_live();
	pending.now_us += 2 * US_PER_S;
	send_text(c, "r2");
	hub_close_session(hub, "key-of-cookie");
	pending.still_done(pending.arg, 0, &ann, NULL, NULL);
	assert_int_equal(pending.messages, 1);
	drop(c);
}

/* During a replay the event waits for its turn, and the reply does not. */
static void test_send_during_replay(void **state)
{
	const struct store_event event = event_of(12, "cr1");
	struct store_event list[] = { message_event(11), event_of(12, "cr1") };

	(void)state;
	struct wsconn *c = open_socket("cookie");
	say(c, "{\"type\":\"connect\",\"since\":10}");
	pending.session_done(pending.arg, 0, &ann);
	void *replay = pending.arg;
	pending.replay_done(replay, 0, list, 1, true);
	assert_frame(c, 1, "message.new", 11);
	send_text(c, "r1");
	publish_message(&event);
	pending.message_done[0](
		pending.message_arg[0],
		&(struct message_reply){ .message = &event.message, .created = true });
	assert_reply(c, 2, "r1", 201, 0);
	pending.replay_done(replay, 0, list + 1, 1, false);
	assert_frame(c, 3, "message.new", 12);
	assert_int_equal(c->count, 4);
	drop(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_send, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_send_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_health_check, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_send_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_send_proves_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_send_gone_meanwhile, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_send_during_replay, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
