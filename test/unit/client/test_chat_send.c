/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that leave: on which way, what is tried again, and how each ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "chatting.h"

/* Answer and event are one frame. */
static void over_the_socket(void **state)
{
	struct chatting *f = *state;

	send_text(f, "hello", "m1", &f->sent);
	assert_string_equal(edges.events_last,
			    "{\"type\":\"message.send\",\"request_id\":\"1\","
			    "\"conversation_id\":\"ada\",\"message\":{\"text\":\"hello\","
			    "\"client_id\":\"m1\"}}");
	assert_int_equal(f->sent.ended, 0);
	send_text(f, "second", "m2", &f->also); /* behind it */
	assert_int_equal(edges.events_sent, 1);
	say("{\"type\":\"message.new\",\"cursor\":8,\"conversation_id\":\"ada\",\"request_id\":"
	    "\"1\",\"message\":" MESSAGE("41", "m1") "}");
	assert_int_equal(f->sent.ended, 1);
	assert_int_equal(f->sent.code, 0);
	assert_int_equal(f->sent.id, 41);
	assert_int_equal(f->seen.type, CONFAB_EVENT_MESSAGE);
	assert_int_equal(f->seen.cursor, 8);
	assert_non_null(strstr(edges.events_last, "\"second\""));
	/* it was there already */
	say("{\"type\":\"reply\",\"request_id\":\"2\",\"status_code\":200,\"message\":" MESSAGE(
		"42", "m2") "}");
	assert_int_equal(f->also.id, 42);
	assert_int_equal(f->events, 1); /* a reply is no event */
	assert_int_equal(edges.http_requests, 0);
}

/* What HTTP would say, too, is final; everything else is asked over HTTP. */
static void refused(void **state)
{
	struct chatting *f = *state;

	send_text(f, "hello", "m1", &f->sent);
	say("{\"type\":\"reply\",\"request_id\":\"1\",\"status_code\":404,\"error\":{\"code\":16,"
	    "\"message\":\"No conversation.\"}}");
	assert_int_equal(f->sent.code, CONFAB_ERR_NOT_FOUND);
	assert_int_equal(f->sent.status, 404);
	assert_string_equal(f->sent.text, "No conversation.");
	assert_int_equal(edges.http_requests, 0);

	edges.http_status = 201;
	edges.http_body = "{\"message\":" MESSAGE("43", "m3") "}";
	send_text(f, "hello", "m3", &f->sent);
	say("{\"type\":\"reply\",\"request_id\":\"2\",\"status_code\":401,\"error\":{\"code\":40,"
	    "\"message\":\"Expired.\"}}");
	assert_int_equal(f->sent.id, 43);
	assert_string_equal(edges.http_last,
			    "POST " PLACE "/messages {\"text\":\"hello\",\"client_id\":\"m3\"}");

	send_text(f, "hello", "m4", &f->sent); /* no reply */
	edges_pass(f->client, 4900 * US_PER_MS);
	assert_int_equal(edges.http_requests, 1);
	edges_pass(f->client, 200 * US_PER_MS);
	assert_int_equal(edges.http_requests, 2);
	assert_int_equal(f->sent.ended, 3);
	say("{\"type\":\"reply\",\"request_id\":\"3\",\"status_code\":200,\"message\":" MESSAGE(
		"44", "m4") "}"); /* too late */
	assert_int_equal(f->sent.ended, 3);
}

/* An older server, and one that cannot be reached: in order, each once, and the same client_id. */
static void tried_again(void **state)
{
	struct chatting *f = *state;

	send_text(f, "first", "m1", &f->sent); /* under way when the socket goes */
	edges_cut_events();
	assert_string_equal(edges.http_last,
			    "POST " PLACE "/messages {\"text\":\"first\",\"client_id\":\"m1\"}");
	send_text(f, "second", NULL, &f->also);
	edges_pass(f->client, 100 * US_PER_MS);
	assert_int_equal(edges.http_requests, 1); /* it waits for its time */
	edges_pass(f->client, 600 * US_PER_MS);
	assert_int_equal(edges.http_requests, 2);
	assert_int_equal(f->sent.ended, 0);
	edges.http_status = 503;
	edges.http_body = "{\"code\":9,\"message\":\"Busy.\"}";
	edges_pass(f->client, 1100 * US_PER_MS);
	assert_int_equal(edges.http_requests, 3);
	assert_int_equal(f->sent.ended + f->also.ended, 0);
	edges.http_status = 200;
	edges.http_body = "{\"message\":" MESSAGE("45", "m1") "}";
	edges_pass(f->client, 2100 * US_PER_MS);
	assert_int_equal(edges.http_requests, 5);
	assert_int_equal(f->sent.id, 45);
	assert_int_equal(f->also.ended, 1);
	assert_non_null(strstr(edges.http_last, "\"second\",\"client_id\":\"c-"));
}

/* Not before the server wants it. */
static void tried_again_as_late_as_asked(void **state)
{
	struct chatting *f = *state;
	const char *busy = "{\"code\":9,\"message\":\"Too many requests.\"}";

	edges_cut_events();
	edges.http_status = 429;
	edges.http_retry_after = 20;
	edges.http_body = busy;
	send_text(f, "first", "m1", &f->sent);
	assert_int_equal(edges.http_requests, 1);
	edges_pass(f->client, 19900 * US_PER_MS);
	assert_int_equal(edges.http_requests, 1);
	assert_int_equal(f->sent.ended, 0);
	edges.http_status = 200;
	edges.http_body = "{\"message\":" MESSAGE("45", "m1") "}";
	edges_pass(f->client, 10200 * US_PER_MS); /* up to half of it more */
	assert_int_equal(edges.http_requests, 2);
	assert_int_equal(f->sent.id, 45);
}

/* The first of a conversation is given up when its time is over; another conversation does not wait for it. */
static void given_up(void **state)
{
	struct chatting *f = *state;
	const confab_draft draft = { .text = "x", .timeout_seconds = 3 };

	edges_cut_events();
	confab_chat_send_async(f->client, "ada", &draft, chatting_sent, &f->sent);
	edges_run(f->client);
	confab_chat_send_async(f->client, "bob", &draft, chatting_sent, &f->also);
	edges_run(f->client);
	assert_int_equal(edges.http_requests, 2);
	edges_pass(f->client, 3100 * US_PER_MS);
	assert_int_equal(f->sent.code, CONFAB_ERR_NETWORK);
	edges_pass(f->client, 100 * US_PER_MS);
	assert_int_equal(f->also.code, CONFAB_ERR_NETWORK);

	for (unsigned i = 0; i < CHAT_SENDS; i++)
		confab_chat_send_async(f->client, "ada", &draft, NULL, NULL);
	confab_chat_send_async(f->client, "ada", &draft, chatting_sent, &f->sent);
	edges_run(f->client);
	assert_int_equal(f->sent.code, CONFAB_ERR_RATE_LIMITED);
	assert_int_equal(confab_client_disconnect_user(f->client), CONFAB_OK);
	confab_chat_send_async(f->client, "ada", &draft, chatting_sent, &f->sent);
	edges_run(f->client);
	assert_int_equal(f->sent.code, CONFAB_ERR_TOKEN_NOT_SET);
}

/* Whoever signs out hears of everything that is on its way. */
static void signed_out(void **state)
{
	struct chatting *f = *state;

	send_text(f, "hello", "m1", &f->sent);
	send_text(f, "behind", "m2", &f->also);
	assert_int_equal(confab_client_disconnect_user(f->client), CONFAB_OK);
	assert_int_equal(f->sent.code, CONFAB_ERR_TOKEN_NOT_SET);
	assert_int_equal(f->also.code, CONFAB_ERR_TOKEN_NOT_SET);
	assert_int_equal(f->sent.ended + f->also.ended, 2);
	assert_int_equal(edges.http_requests, 0);
}

static void files(void **state)
{
	struct chatting *f = *state;
	const confab_file both[] = { { "front door.png", "abc", 3 }, { "b", "de", 2 } };

	edges_cut_events();
	edges.http_status = 0;
	confab_chat_send_async(f->client, "ada",
			       &(confab_draft){ .client_id = "m1", .files = both, .file_count = 2 },
			       chatting_sent, &f->sent);
	edges_run(f->client);
	assert_string_equal(edges.http_last,
			    "POST " PLACE "/attachments?name=front%20door.png [3 bytes]");
	edges.http_status = 201;
	edges.http_body = "{\"attachment\":{\"id\":\"f1\"},\"message\":{\"id\":46}}";
	edges_pass(f->client, 600 * US_PER_MS);
	assert_int_equal(edges.http_requests, 4);
	assert_string_equal(edges.http_last,
			    "POST " PLACE "/messages {\"text\":\"\",\"client_id\":\"m1\","
			    "\"attachments\":[\"f1\",\"f1\"]}");
	assert_int_equal(f->sent.id, 46);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, chatting_set_up, chatting_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(over_the_socket), WITH(refused),
		WITH(tried_again),     WITH(tried_again_as_late_as_asked),
		WITH(given_up),	       WITH(signed_out),
		WITH(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
