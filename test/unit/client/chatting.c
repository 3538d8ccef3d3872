/* SPDX-License-Identifier: Apache-2.0 */
#include "chatting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void on_event(void *arg, const confab_event *e)
{
	struct chatting *f = arg;

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

void chatting_sent(void *arg, const confab_error *error, int64_t id)
{
	struct chat_end *s = arg;

	s->ended++;
	s->code = error ? error->code : 0;
	s->status = error ? error->status : 0;
	s->id = id;
	(void)snprintf(s->text, sizeof s->text, "%s", error ? error->message : "");
}

void chatting_done(void *arg, const confab_error *error)
{
	chatting_sent(arg, error, 0);
}

void chatting_token(void *arg, confab_token_request *request)
{
	(void)arg;
	confab_token_reply(request, ADA, NULL);
}

void say(const char *text)
{
	edges_event(text, strlen(text));
}

void go_online(const char *accepts)
{
	char text[160];

	edges.events.handlers.opened(edges.events.arg);
	(void)snprintf(text, sizeof text,
		       "{\"type\":\"connection.ok\",\"cursor\":7,\"accepts\":%s}", accepts);
	say(text);
}

void chatting_begin(struct chatting *f, int64_t since)
{
	const confab_client_options options = {
		.base_url = BASE, .on_event = on_event, .arg = f, .own_loop = 1
	};
	const confab_user ada = { .id = "ada", .since = since };

	memset(f, 0, sizeof *f);
	edges_reset();
	assert_int_equal(confab_client_new(&f->client, &options, NULL), CONFAB_OK);
	confab_client_connect_user_async(f->client, &ada, chatting_token, NULL, NULL, NULL);
	edges_run(f->client);
	assert_true(edges.events.open);
}

int chatting_set_up(void **state)
{
	static struct chatting fixture;

	chatting_begin(&fixture, 0);
	go_online("[\"message.send\"]");
	edges.events_sent = 0;
	*state = &fixture;
	return 0;
}

int chatting_tear_down(void **state)
{
	struct chatting *f = *state;

	confab_client_free(f->client);
	edges_reset();
	return 0;
}

void send_text(struct chatting *f, const char *text, const char *client_id,
	       struct chat_end *ret_end)
{
	const confab_draft draft = { .text = text, .client_id = client_id };

	confab_chat_send_async(f->client, "ada", &draft, chatting_sent, ret_end);
	edges_run(f->client);
}
