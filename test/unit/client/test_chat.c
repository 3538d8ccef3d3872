/* SPDX-License-Identifier: Apache-2.0 */
/* Conversations: what is read and changed in them, and what the program is told. What is sent: test_chat_send.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "chatting.h"

static void typing(void **state)
{
	struct chatting *f = *state;

	edges.http_status = 200;
	edges.http_body = "{}";
	assert_int_equal(confab_chat_set_typing(f->client, "ada", 1), CONFAB_OK);
	assert_int_equal(confab_chat_set_typing(f->client, "Ada", 1), CONFAB_ERR_BAD_INPUT);
	edges_pass(f->client, 0);
	assert_string_equal(edges.http_last, "POST " PLACE "/typing {\"typing\":true}");
	edges_pass(f->client, 2900 * US_PER_MS);
	assert_int_equal(edges.http_requests, 1);
	edges_pass(f->client, 200 * US_PER_MS);
	assert_int_equal(edges.http_requests, 2);
	send_text(f, "hello", "m1", &f->sent);
	assert_string_equal(edges.http_last, "POST " PLACE "/typing {\"typing\":false}");
	edges_pass(f->client, 4000 * US_PER_MS);
	assert_int_equal(edges.http_requests, 3);

	assert_int_equal(confab_chat_set_typing(f->client, "ada", 1), CONFAB_OK);
	edges_pass(f->client, 0);
	edges_pass(f->client, 61 * US_PER_S);
	assert_string_equal(edges.http_last, "POST " PLACE "/typing {\"typing\":false}");
}

static void on_page(void *arg, const confab_error *error, const confab_messages *m)
{
	struct chatting *f = arg;

	assert_null(error);
	assert_int_equal(m->count, 1);
	assert_int_equal(m->has_more, 1);
	assert_string_equal(m->items[0].client_id, "m1");
	f->sent.ended++;
}

static void pages(void **state)
{
	struct chatting *f = *state;
	const confab_page before = { .before = 50, .limit = 2 };
	confab_messages *m = NULL;

	edges.http_status = 200;
	edges.http_body = "{\"messages\":[" MESSAGE("41", "m1") ",{\"id\":42}],\"has_more\":true}";
	assert_int_equal(confab_chat_history(f->client, "ada", &before, &m, NULL), CONFAB_OK);
	assert_string_equal(edges.http_last, "GET " PLACE "/messages?limit=2&before=50");
	assert_int_equal(m->count, 1); /* the other one is none */
	assert_int_equal(m->has_more, 1);
	const confab_message *one = &m->items[0];
	assert_int_equal(one->id, 41);
	assert_int_equal(one->created_us, 1795341600250000ull);
	assert_int_equal(one->quoted_id, 3);
	assert_string_equal(one->user_name, "Ada");
	assert_int_equal(one->attachment_count, 1);
	assert_string_equal(one->attachments[0].url, "/files/f1/a.png");
	assert_int_equal(one->attachments[0].width, 4);
	assert_int_equal(one->attachments[0].size, 70);
	assert_int_equal(one->is_deleted + one->is_edited + one->is_private + one->is_system, 0);
	confab_messages_free(m);

	confab_chat_history_async(f->client, "ada", NULL, on_page, f);
	edges_run(f->client);
	assert_string_equal(edges.http_last, "GET " PLACE "/messages?limit=50");
	confab_chat_search_async(f->client, NULL, "red door&co", on_page, f);
	edges_run(f->client);
	assert_string_equal(edges.http_last, "GET " BASE "/api/v1/search?q=red%20door%26co");
	assert_int_equal(confab_chat_search(f->client, "ada", "x", &m, NULL), CONFAB_OK);
	assert_string_equal(edges.http_last, "GET " BASE "/api/v1/search?q=x&conversation=ada");
	confab_messages_free(m);
	assert_int_equal(f->sent.ended, 2);
}

static void on_text(void *arg, const confab_error *error, const char *text)
{
	struct chatting *f = arg;

	f->sent.code = error ? error->code : 0;
	(void)snprintf(f->sent.text, sizeof f->sent.text, "%s", text ? text : "-");
}

/* Each asks what it says, in both forms. */
static void changes(void **state)
{
	struct chatting *f = *state;
	confab_client *c = f->client;
	char *text = NULL;

	edges.http_status = 200;
	edges.http_body = "{\"channel\":{\"id\":\"direct.ada.bob\"}}";
	assert_int_equal(confab_chat_mark_read(c, "ada", 5, NULL), CONFAB_OK);
	assert_string_equal(edges.http_last, "POST " PLACE "/read {\"message_id\":5}");
	confab_chat_mark_read_async(c, "ada", 6, chatting_done, &f->sent);
	edges_run(c);
	assert_string_equal(edges.http_last, "POST " PLACE "/read {\"message_id\":6}");
	assert_int_equal(confab_chat_mark_delivered(c, "ada", 7, NULL), CONFAB_OK);
	assert_string_equal(edges.http_last, "POST " PLACE "/delivered {\"message_id\":7}");
	confab_chat_mark_delivered_async(c, "ada", 8, chatting_done, &f->sent);
	edges_run(c);
	assert_string_equal(edges.http_last, "POST " PLACE "/delivered {\"message_id\":8}");
	assert_int_equal(confab_chat_edit(c, "ada", 5, "new", NULL), CONFAB_OK);
	assert_string_equal(edges.http_last, "PATCH " PLACE "/messages/5 {\"text\":\"new\"}");
	confab_chat_edit_async(c, "ada", 5, "newer", chatting_done, &f->sent);
	edges_run(c);
	assert_string_equal(edges.http_last, "PATCH " PLACE "/messages/5 {\"text\":\"newer\"}");
	assert_int_equal(confab_chat_delete(c, "ada", 5, NULL), CONFAB_OK);
	assert_string_equal(edges.http_last, "DELETE " PLACE "/messages/5");
	confab_chat_delete_async(c, "ada", 6, chatting_done, &f->sent);
	edges_run(c);
	assert_string_equal(edges.http_last, "DELETE " PLACE "/messages/6");
	assert_int_equal(confab_chat_react(c, "ada", 5, "👍", 1, NULL), CONFAB_OK);
	assert_string_equal(edges.http_last,
			    "POST " PLACE "/messages/5/reactions {\"type\":\"👍\"}");
	confab_chat_react_async(c, "ada", 5, "👍", 0, chatting_done, &f->sent);
	edges_run(c);
	assert_string_equal(edges.http_last, "DELETE " PLACE "/messages/5/reactions/%F0%9F%91%8D");
	assert_int_equal(f->sent.ended, 5);

	assert_int_equal(confab_chat_direct(c, "bob", &text, NULL), CONFAB_OK);
	assert_string_equal(text, "direct.ada.bob");
	confab_text_free(text);
	confab_chat_direct_async(c, "bob", on_text, f);
	edges_run(c);
	assert_string_equal(f->sent.text, "direct.ada.bob");
	assert_string_equal(edges.http_last, "POST " BASE "/api/v1/channels "
					     "{\"type\":\"direct\",\"user_id\":\"bob\"}");
	assert_int_equal(confab_client_request(c, "GET", "/api/v1/channels", NULL, &text, NULL),
			 CONFAB_OK);
	assert_string_equal(text, edges.http_body);
	confab_text_free(text);
	confab_client_request_async(c, "PUT", "/api/v1/x", "{\"a\":1}", on_text, f);
	edges_run(c);
	assert_string_equal(edges.http_last, "PUT " BASE "/api/v1/x {\"a\":1}");
	edges.http_status = 403;
	edges.http_body = "{\"code\":17,\"message\":\"No.\"}";
	confab_client_request_async(c, "DELETE", "/api/v1/x", NULL, on_text, f);
	edges_run(c);
	assert_int_equal(f->sent.code, CONFAB_ERR_NOT_ALLOWED);
	assert_string_equal(f->sent.text, "-");
}

/* Told without asking the server. */
static void bad_input(void **state)
{
	struct chatting *f = *state;
	static char long_text[10002];
	const confab_file nameless = { "", "x", 1 }, empty = { "a", "", 0 };
	const confab_draft bad[] = {
		{ .text = "" },
		{ .text = long_text },
		{ .text = "\xff\xfe" },
		{ .text = "x", .client_id = "" },
		{ .files = &nameless, .file_count = 1 },
		{ .files = &empty, .file_count = 1 },
		{ .text = "x", .files = &empty, .file_count = 11 },
	};
	confab_messages *m = NULL;
	char *text = NULL;
	confab_error e;

	memset(long_text, 'a', sizeof long_text - 1);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(confab_chat_send(f->client, "ada", &bad[i], NULL, &e),
				 CONFAB_ERR_BAD_INPUT);
		assert_true(e.message[0]);
	}
	const int codes[] = {
		confab_chat_send(f->client, "Ada", &(confab_draft){ .text = "x" }, NULL, &e),
		confab_chat_send(f->client, "a/../b", &(confab_draft){ .text = "x" }, NULL, &e),
		confab_chat_history(f->client, "", NULL, &m, &e),
		confab_chat_history(f->client, "ada", &(confab_page){ 1, 2, 0 }, &m, &e),
		confab_chat_history(f->client, "ada", &(confab_page){ 0, 0, 101 }, &m, &e),
		confab_chat_search(f->client, NULL, "", &m, &e),
		confab_chat_mark_read(f->client, "ada", 0, &e),
		confab_chat_edit(f->client, "ada", 5, "", &e),
		confab_chat_edit(f->client, "ada", 5, "\xff", &e),
		confab_chat_delete(f->client, "?", 5, &e),
		confab_chat_react(f->client, "ada", 5, NULL, 1, &e),
		confab_chat_direct(f->client, "", &text, &e),
		confab_client_request(f->client, "HEAD", "/api/v1/x", NULL, &text, &e),
		confab_client_request(f->client, "GET", "/files/x", NULL, &text, &e),
		confab_client_request(f->client, "POST", "/api/v1/x", "[1]", &text, &e),
	};
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		assert_int_equal(codes[i], CONFAB_ERR_BAD_INPUT);
	assert_int_equal(edges.http_requests + edges.events_sent, 0);
	assert_null(m);
	assert_null(text);
}

static void told(void **state)
{
	struct chatting *f = *state;

	say("{\"type\":\"reaction.new\",\"cursor\":9,\"conversation_id\":\"ada\",\"user\":{\"id\":"
	    "\"bob\",\"name\":\"Bob\"},\"message\":" MESSAGE("41", "m1") "}");
	assert_int_equal(f->seen.type, CONFAB_EVENT_MESSAGE_CHANGED);
	assert_string_equal(f->seen.topic, "reaction.new");
	assert_string_equal(f->seen.identity, "bob");
	say("{\"type\":\"message.read\",\"conversation_id\":\"ada\",\"user\":{\"id\":\"bob\"},"
	    "\"read\":{\"last_read_message_id\":3,\"last_delivered_message_id\":4}}");
	assert_int_equal(f->seen.type, CONFAB_EVENT_READ);
	assert_int_equal(f->seen.message_id, 3);
	assert_int_equal(f->seen.delivered_id, 4);
	say("{\"type\":\"typing.start\",\"conversation_id\":\"ada\",\"user\":{\"id\":\"bob\"}}");
	assert_int_equal(f->seen.type, CONFAB_EVENT_TYPING);
	assert_int_equal(f->seen.state, 1);
	say("{\"type\":\"typing.stop\",\"conversation_id\":\"ada\",\"user\":{\"id\":\"bob\"}}");
	assert_int_equal(f->seen.state, 0);
	assert_int_equal(f->events, 4);
	say("{\"type\":\"message.new\",\"cursor\":9,\"conversation_id\":\"ada\","
	    "\"message\":" MESSAGE("41", "m1") "}"); /* heard before */
	say("{\"type\":\"message.new\",\"conversation_id\":\"ada\",\"message\":{\"id\":1}}");
	assert_int_equal(f->events, 4);
	say("{\"type\":\"resync\"}");
	assert_int_equal(f->seen.type, CONFAB_EVENT_RESYNC);
}

/* A program that was restarted asks for what it has missed. */
static void since(void **state)
{
	static struct chatting fixture;
	confab_user bad = { .id = "ada", .since = -1 };

	(void)state;
	chatting_begin(&fixture, 5);
	go_online("[]");
	assert_non_null(strstr(edges.events_last, "\"since\":5"));
	say("{\"type\":\"message.new\",\"cursor\":5,\"conversation_id\":\"ada\","
	    "\"message\":" MESSAGE("40", "m0") "}");
	assert_int_equal(fixture.events, 0);
	say("{\"type\":\"message.new\",\"cursor\":6,\"conversation_id\":\"ada\","
	    "\"message\":" MESSAGE("41", "m1") "}");
	assert_int_equal(fixture.seen.cursor, 6);
	edges.events_sent = 0;
	edges.http_status = 201;
	edges.http_body = "{\"message\":{\"id\":9}}";
	send_text(&fixture, "x", NULL,
		  &fixture.sent); /* a server that takes nothing on the socket */
	assert_int_equal(fixture.sent.id, 9);
	assert_int_equal(edges.events_sent, 0);
	assert_int_equal(confab_client_disconnect_user(fixture.client), CONFAB_OK);
	assert_int_equal(
		confab_client_connect_user(fixture.client, &bad, chatting_token, NULL, NULL),
		CONFAB_ERR_BAD_INPUT);
	confab_client_free(fixture.client);
	edges_reset();
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, chatting_set_up, chatting_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(typing),	 WITH(pages), WITH(changes),
		WITH(bad_input), WITH(told),  cmocka_unit_test(since),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
