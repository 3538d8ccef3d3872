/* SPDX-License-Identifier: Apache-2.0 */
/* Conversations: what leaves on which way, what is tried again, and what the program is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "client_edges.h"

/* {"user_id":"ada"}, unsigned: a client does not look at the signature. */
#define ADA   "e30.eyJ1c2VyX2lkIjoiYWRhIn0.x"
#define BASE  "http://server"
#define PLACE BASE "/api/v1/conversations/ada"
#define MESSAGE(id, client_id)                                                               \
	"{\"id\":" id ",\"conversation_id\":\"ada\",\"type\":\"regular\",\"user\":{\"id\":"  \
	"\"ada\",\"name\":\"Ada\"},\"text\":\"hello\",\"client_id\":\"" client_id "\","      \
	"\"created_at\":\"2026-11-22T10:00:00.250Z\",\"quoted\":{\"id\":3},\"attachments\":" \
	"[{\"id\":\"f1\",\"name\":\"a.png\",\"mime_type\":\"image/png\",\"size\":70,"        \
	"\"width\":4,\"height\":3,\"url\":\"/files/f1/a.png\"}],\"reactions\":[]}"

struct fixture {
	confab_client *client;
	struct {
		confab_event_type type;
		int state;
		int64_t message_id, delivered_id, cursor;
		char text[80], identity[24], topic[24];
	} seen;
	unsigned events;
	struct {
		int ended, code, status;
		int64_t id;
		char text[256];
	} sent, also;
};

static struct fixture fixture;

static void on_event(void *arg, const confab_event *e)
{
	struct fixture *f = arg;

	if (e->type == CONFAB_EVENT_SERVER || e->type == CONFAB_EVENT_CONNECTION)
		return;
	f->events++;
	f->seen.type = e->type;
	f->seen.state = e->state;
	f->seen.message_id = e->message_id;
	f->seen.delivered_id = e->delivered_id;
	f->seen.cursor = e->cursor;
	(void)snprintf(f->seen.text, sizeof f->seen.text, "%s",
		       e->message ? e->message->text : "-");
	(void)snprintf(f->seen.identity, sizeof f->seen.identity, "%s",
		       e->identity ? e->identity : "-");
	(void)snprintf(f->seen.topic, sizeof f->seen.topic, "%s", e->topic ? e->topic : "-");
}

static void on_sent(void *arg, const confab_error *error, int64_t id)
{
	__typeof__(fixture.sent) *s = arg;

	s->ended++;
	s->code = error ? error->code : 0;
	s->status = error ? error->status : 0;
	s->id = id;
	(void)snprintf(s->text, sizeof s->text, "%s", error ? error->message : "");
}

static void on_done(void *arg, const confab_error *error)
{
	on_sent(arg, error, 0);
}

static void provide(void *arg, confab_token_request *request)
{
	(void)arg;
	confab_token_reply(request, ADA, NULL);
}

static void say(const char *text)
{
	edges_event(text, strlen(text));
}

static void go_online(const char *accepts)
{
	char text[160];

	edges.events.handlers.opened(edges.events.arg);
	(void)snprintf(text, sizeof text,
		       "{\"type\":\"connection.ok\",\"cursor\":7,\"accepts\":%s}", accepts);
	say(text);
}

static void begin(struct fixture *f, int64_t since)
{
	const confab_client_options options = {
		.base_url = BASE, .on_event = on_event, .arg = f, .own_loop = 1
	};
	const confab_user ada = { .id = "ada", .since = since };

	memset(f, 0, sizeof *f);
	edges_reset();
	assert_int_equal(confab_client_new(&f->client, &options, NULL), CONFAB_OK);
	confab_client_connect_user_async(f->client, &ada, provide, NULL, NULL, NULL);
	edges_run(f->client);
	assert_true(edges.events.open);
}

static int set_up(void **state)
{
	begin(&fixture, 0);
	go_online("[\"message.send\"]");
	edges.events_sent = 0;
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	confab_client_free(f->client);
	edges_reset();
	return 0;
}

static void send_text(struct fixture *f, const char *text, const char *client_id, void *sent)
{
	confab_chat_send_async(f->client, "ada",
			       &(confab_draft){ .text = text, .client_id = client_id }, on_sent,
			       sent);
	edges_run(f->client);
}

/* Answer and event are one frame. */
static void over_the_socket(void **state)
{
	struct fixture *f = *state;

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
	struct fixture *f = *state;

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
	struct fixture *f = *state;

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

/* The first of a conversation is given up when its time is over; another conversation does not wait for it. */
static void given_up(void **state)
{
	struct fixture *f = *state;
	const confab_draft draft = { .text = "x", .timeout_seconds = 3 };

	edges_cut_events();
	confab_chat_send_async(f->client, "ada", &draft, on_sent, &f->sent);
	edges_run(f->client);
	confab_chat_send_async(f->client, "bob", &draft, on_sent, &f->also);
	edges_run(f->client);
	assert_int_equal(edges.http_requests, 2);
	edges_pass(f->client, 3100 * US_PER_MS);
	assert_int_equal(f->sent.code, CONFAB_ERR_NETWORK);
	edges_pass(f->client, 100 * US_PER_MS);
	assert_int_equal(f->also.code, CONFAB_ERR_NETWORK);

	for (unsigned i = 0; i < CHAT_SENDS; i++)
		confab_chat_send_async(f->client, "ada", &draft, NULL, NULL);
	confab_chat_send_async(f->client, "ada", &draft, on_sent, &f->sent);
	edges_run(f->client);
	assert_int_equal(f->sent.code, CONFAB_ERR_RATE_LIMITED);
	assert_int_equal(confab_client_disconnect_user(f->client), CONFAB_OK);
	confab_chat_send_async(f->client, "ada", &draft, on_sent, &f->sent);
	edges_run(f->client);
	assert_int_equal(f->sent.code, CONFAB_ERR_TOKEN_NOT_SET);
}

/* Whoever signs out hears of everything that is on its way. */
static void signed_out(void **state)
{
	struct fixture *f = *state;

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
	struct fixture *f = *state;
	const confab_file both[] = { { "front door.png", "abc", 3 }, { "b", "de", 2 } };

	edges_cut_events();
	edges.http_status = 0;
	confab_chat_send_async(f->client, "ada",
			       &(confab_draft){ .client_id = "m1", .files = both, .file_count = 2 },
			       on_sent, &f->sent);
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

static void typing(void **state)
{
	struct fixture *f = *state;

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
	struct fixture *f = arg;

	assert_null(error);
	assert_int_equal(m->count, 1);
	assert_int_equal(m->has_more, 1);
	assert_string_equal(m->items[0].client_id, "m1");
	f->sent.ended++;
}

static void pages(void **state)
{
	struct fixture *f = *state;
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
	struct fixture *f = arg;

	f->sent.code = error ? error->code : 0;
	(void)snprintf(f->sent.text, sizeof f->sent.text, "%s", text ? text : "-");
}

/* Each asks what it says, in both forms. */
static void changes(void **state)
{
	struct fixture *f = *state;
	confab_client *c = f->client;
	char *text = NULL;

	edges.http_status = 200;
	edges.http_body = "{\"channel\":{\"id\":\"direct.ada.bob\"}}";
	assert_int_equal(confab_chat_mark_read(c, "ada", 5, NULL), CONFAB_OK);
	assert_string_equal(edges.http_last, "POST " PLACE "/read {\"message_id\":5}");
	confab_chat_mark_read_async(c, "ada", 6, on_done, &f->sent);
	edges_run(c);
	assert_string_equal(edges.http_last, "POST " PLACE "/read {\"message_id\":6}");
	assert_int_equal(confab_chat_mark_delivered(c, "ada", 7, NULL), CONFAB_OK);
	assert_string_equal(edges.http_last, "POST " PLACE "/delivered {\"message_id\":7}");
	confab_chat_mark_delivered_async(c, "ada", 8, on_done, &f->sent);
	edges_run(c);
	assert_string_equal(edges.http_last, "POST " PLACE "/delivered {\"message_id\":8}");
	assert_int_equal(confab_chat_edit(c, "ada", 5, "new", NULL), CONFAB_OK);
	assert_string_equal(edges.http_last, "PATCH " PLACE "/messages/5 {\"text\":\"new\"}");
	confab_chat_edit_async(c, "ada", 5, "newer", on_done, &f->sent);
	edges_run(c);
	assert_string_equal(edges.http_last, "PATCH " PLACE "/messages/5 {\"text\":\"newer\"}");
	assert_int_equal(confab_chat_delete(c, "ada", 5, NULL), CONFAB_OK);
	assert_string_equal(edges.http_last, "DELETE " PLACE "/messages/5");
	confab_chat_delete_async(c, "ada", 6, on_done, &f->sent);
	edges_run(c);
	assert_string_equal(edges.http_last, "DELETE " PLACE "/messages/6");
	assert_int_equal(confab_chat_react(c, "ada", 5, "👍", 1, NULL), CONFAB_OK);
	assert_string_equal(edges.http_last,
			    "POST " PLACE "/messages/5/reactions {\"type\":\"👍\"}");
	confab_chat_react_async(c, "ada", 5, "👍", 0, on_done, &f->sent);
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
	struct fixture *f = *state;
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
	struct fixture *f = *state;

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
	(void)state;
	confab_user bad = { .id = "ada", .since = -1 };

	begin(&fixture, 5);
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
	assert_int_equal(confab_client_connect_user(fixture.client, &bad, provide, NULL, NULL),
			 CONFAB_ERR_BAD_INPUT);
	confab_client_free(fixture.client);
	edges_reset();
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(over_the_socket), WITH(refused),	WITH(tried_again), WITH(given_up),
		WITH(signed_out),      WITH(files),	WITH(typing),	   WITH(pages),
		WITH(changes),	       WITH(bad_input), WITH(told),	   cmocka_unit_test(since),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
