/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the coordinator says to libconfab: one message of the event socket per line, and with "!" before it
 * the answer to the requests that follow. Rings, messages and everything else come out as events that have
 * what the header promises.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client_edges.h"

/* {"user_id":"ada"}, unsigned: a client does not look at the signature. */
#define ADA "e30.eyJ1c2VyX2lkIjoiYWRhIn0.x"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static confab_call *rings; /* the newest that does */

static void on_event(void *arg, const confab_event *e)
{
	(void)arg;
	if (e->type == CONFAB_EVENT_RING) {
		assert(e->call && e->ring && e->ring->id && e->ring->caller);
		assert(e->ring->state >= CONFAB_RING_RINGING &&
		       e->ring->state <= CONFAB_RING_ENDED);
		rings = e->call;
	} else if (e->type == CONFAB_EVENT_MESSAGE || e->type == CONFAB_EVENT_MESSAGE_CHANGED) {
		assert(e->message && e->message->conversation && e->message->text);
		assert(e->conversation && e->identity && e->message->id > 0);
		for (size_t i = 0; i < e->message->attachment_count; i++)
			assert(strlen(e->message->attachments[i].url) > 0);
	} else if (e->type == CONFAB_EVENT_READ || e->type == CONFAB_EVENT_TYPING) {
		assert(e->conversation && e->identity);
	} else if (e->type == CONFAB_EVENT_SERVER) {
		assert(e->topic && e->data && e->length);
	} else if (e->type == CONFAB_EVENT_CALLING_STATE) {
		assert(e->call);
	}
}

static void provide(void *arg, confab_token_request *request)
{
	(void)arg;
	confab_token_reply(request, ADA, NULL);
}

static void on_done(void *arg, const confab_error *error)
{
	(void)arg;
	assert(!error || (error->code && error->message[0]));
}

static void on_sent(void *arg, const confab_error *error, int64_t id)
{
	(void)id;
	on_done(arg, error);
}

static void say(char *line)
{
	if (line[0] == '!') {
		edges.http_status = line[1] == '{' ? 200 : 409;
		edges.http_body = line + 1;
	} else {
		edges_event(line, strlen(line));
	}
}

/* Now and then a new one: handles on calls are kept as long as the client. */
static confab_client *the_client(void)
{
	const confab_client_options options = { .base_url = "http://127.0.0.1:1",
						.on_event = on_event,
						.own_loop = 1 };
	static confab_client *client;
	static unsigned used;

	if (used++ % 64 == 0) {
		confab_client_free(client);
		if (confab_client_new(&client, &options, NULL))
			abort();
	}
	return client;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const confab_user ada = { .id = "ada" };
	char *text = calloc(n + 1, 1), *rest = text, *line;
	confab_client *client;

	edges_reset();
	client = the_client();
	if (!text)
		abort();
	rings = NULL;
	if (n)
		memcpy(text, bytes, n);
	confab_client_connect_user_async(client, &ada, provide, NULL, on_done, NULL);
	edges_run(client);
	assert(edges.events.open);
	edges.events.handlers.opened(edges.events.arg);
	/* on the socket, when the server takes it, as request 1 */
	confab_chat_send_async(client, "ada", &(confab_draft){ .text = "x", .client_id = "c" },
			       on_sent, NULL);
	while ((line = strsep(&rest, "\n"))) {
		say(line);
		if (rings)
			confab_call_accept_async(rings, on_done, NULL);
		rings = NULL;
		edges_run(client);
	}
	(void)confab_client_disconnect_user(client);
	edges_run(client);
	free(text);
	return 0;
}
