/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was asked over the event socket and has no reply yet, as web/client's requests.ts has it (docs/api.md,
 * "Sending over the socket").
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/chat.h"
#include "client/internal.h"

struct ask {
	struct list in_client;
	char request_id[16];
	uint64_t until;
	ask_fn *fn;
	void *arg;
};

static void ask_end(struct confab_client *c, struct ask *a, const json_t *message,
		    const confab_error *error)
{
	list_remove(&a->in_client);
	c->chat.ask_count--;
	a->fn(a->arg, message, error);
	free(a);
}

static char *frame_of(const char *type, const char *request_id, const json_t *fields)
{
	json_t *frame = json_pack("{s:s, s:s}", "type", type, "request_id", request_id);
	char *text = NULL;

	if (frame && json_object_update(frame, (json_t *)(uintptr_t)fields) == 0)
		text = json_dumps(frame, JSON_COMPACT);
	json_decref(frame);
	return text;
}

bool ask_send(struct confab_client *c, const char *type, const json_t *fields, ask_fn *fn,
	      void *arg)
{
	struct chat *chat = &c->chat;

	if (c->state != CONFAB_CONNECTED || !chat->socket_takes ||
	    chat->ask_count >= LIMIT_SOCKET_SENDS)
		return false;
	struct ask *a = calloc(1, sizeof *a);
	if (!a)
		return false;
	(void)snprintf(a->request_id, sizeof a->request_id, "%u", ++chat->ask_last);
	char *text = frame_of(type, a->request_id, fields);
	/* a frame that is too long ends the connection */
	bool sent = text && strlen(text) <= CHAT_FRAME_MAX &&
		    ws_send(c->events, text, strlen(text), false);
	free(text);
	if (!sent) {
		free(a);
		return false;
	}
	a->until = clock_now_us() + CHAT_ASK_MS * US_PER_MS;
	a->fn = fn;
	a->arg = arg;
	list_append(&chat->asks, &a->in_client);
	chat->ask_count++;
	chat_wind(c);
	return true;
}

static void no_reply(struct confab_client *c, struct ask *a, const char *why)
{
	confab_error error;

	(void)error_set(&error, CONFAB_ERR_NETWORK, 0, false, "%s", why);
	ask_end(c, a, NULL, &error);
}

static void take_reply(struct confab_client *c, struct ask *a, const json_t *event)
{
	const json_t *message = json_object_get(event, "message");
	const json_t *e = json_object_get(event, "error");
	const char *words = json_string_value(json_object_get(e, "message"));
	int code = (int)json_integer_value(json_object_get(e, "code"));
	int status = (int)json_integer_value(json_object_get(event, "status_code"));
	confab_error error;

	if (json_is_object(message)) {
		ask_end(c, a, message, NULL);
	} else if (!code || !words) {
		no_reply(c, a, "The server's reply is empty.");
	} else {
		(void)error_set(&error, code, status,
				status / 100 == 4 && status != 429 &&
					code != CONFAB_ERR_TOKEN_EXPIRED,
				"%s", words);
		error.retry_after = error_wait(
			json_integer_value(json_object_get(event, "retry_after")));
		ask_end(c, a, NULL, &error);
	}
}

void ask_hear(struct confab_client *c, const json_t *event)
{
	const char *id = json_string_value(json_object_get(event, "request_id"));
	struct ask *a;

	if (!id)
		return;
	list_each (a, &c->chat.asks, in_client) {
		if (strcmp(a->request_id, id) == 0) {
			take_reply(c, a, event);
			return;
		}
	} /* else it came too late */
}

bool ask_tick(struct confab_client *c, uint64_t now)
{
	struct list *asks = &c->chat.asks;

	while (!list_empty(asks) && list_entry(asks->next, struct ask, in_client)->until <= now)
		no_reply(c, list_entry(asks->next, struct ask, in_client),
			 "The server did not reply in time.");
	return !list_empty(asks);
}

void ask_end_all(struct confab_client *c, const char *why)
{
	struct list *asks = &c->chat.asks;

	/* what these cause is not asked this way */
	c->chat.socket_takes = false;
	while (!list_empty(asks))
		no_reply(c, list_entry(asks->next, struct ask, in_client), why);
}
