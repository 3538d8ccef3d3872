/* SPDX-License-Identifier: Apache-2.0 */
/* Writing into conversations; what others write comes by event.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/internal.h"

enum { CLIENT_ID_MAX = 64 };

struct sending {
	struct confab_client *client;
	char conversation[LIMIT_CONVERSATION_ID + 1];
	json_t *body; /* NULL: `problem` */
	const char *problem;
	int64_t id;
	confab_done_fn *done;
	void *arg;
	bool owned; /* frees itself */
};

static void sending_end(struct sending *s, const confab_error *error)
{
	bool owned = s->owned;

	json_decref(s->body);
	s->body = NULL;
	s->done(s->arg, error); /* of a caller who waits, `s` is gone afterwards */
	if (owned)
		free(s);
}

static void on_stored(void *arg, json_t *answer, const confab_error *error)
{
	struct sending *s = arg;

	s->id = json_integer_value(json_object_get(json_object_get(answer, "message"), "id"));
	sending_end(s, error);
}

static void on_ready(void *arg, const confab_error *error)
{
	struct sending *s = arg;
	char path[LIMIT_CONVERSATION_ID + 40];

	if (error) {
		sending_end(s, error);
		return;
	}
	(void)snprintf(path, sizeof path, "/api/v1/conversations/%s/messages", s->conversation);
	api_post(s->client, path, json_incref(s->body), on_stored, s);
}

static void begin(struct sending *s)
{
	confab_error error;

	if (!s->client->user_id[0])
		(void)error_token_not_set(&error);
	else if (s->problem)
		(void)error_set(&error, CONFAB_ERR_BAD_INPUT, 400, true, "%s", s->problem);
	else if (!s->body)
		(void)error_no_memory(&error);
	else {
		client_ready(s->client, on_ready, s);
		return;
	}
	sending_end(s, &error);
}

static bool is_conversation_id(const char *id)
{
	size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789@_-.");

	return n >= 1 && n <= LIMIT_CONVERSATION_ID && !id[n];
}

static struct sending sending_of(confab_client *client, const char *conversation, const char *text,
				 const char *client_id)
{
	struct sending s = { .client = client };
	char made[24];

	rng_name(rng_os(), "c-", made, sizeof made);
	if (!conversation || !is_conversation_id(conversation))
		s.problem = "A conversation is named by its customer's user id, or a channel's id: "
			    "a-z 0-9 @ _ - . are allowed.";
	else if (!text || !text[0] || strlen(text) > LIMIT_MESSAGE_TEXT)
		s.problem = "The text of a message has 1 to 10000 bytes.";
	else if (client_id && (!client_id[0] || strlen(client_id) > CLIENT_ID_MAX))
		s.problem = "client_id has 1 to 64 characters.";
	if (s.problem)
		return s;
	(void)snprintf(s.conversation, sizeof s.conversation, "%s", conversation);
	s.body = json_pack("{s:s, s:s}", "text", text, "client_id", client_id ? client_id : made);
	if (!s.body) /* jansson refuses it */
		s.problem = "The text of a message is UTF-8.";
	return s;
}

static void start(void *arg, confab_done_fn *done, void *done_arg)
{
	struct sending *s = arg;

	s->done = done;
	s->arg = done_arg;
	begin(s);
}

int confab_client_send_message(confab_client *client, const char *conversation, const char *text,
			       const char *client_id, int64_t *ret_id, confab_error *ret_error)
{
	struct sending s = sending_of(client, conversation, text, client_id);
	int r = client_wait(client, start, &s, ret_error);

	json_decref(s.body); /* when it was not begun */
	if (r == CONFAB_OK && ret_id)
		*ret_id = s.id;
	return r;
}

static void on_task(void *arg)
{
	begin(arg);
}

void confab_client_send_message_async(confab_client *client, const char *conversation,
				      const char *text, const char *client_id, confab_done_fn *done,
				      void *arg)
{
	struct sending *s = malloc(sizeof *s);
	confab_error error;

	(void)error_no_memory(&error);
	if (s) {
		*s = sending_of(client, conversation, text, client_id);
		s->owned = true;
		s->done = done ? done : done_ignored;
		s->arg = arg;
		if (client_post(client, on_task, s))
			return;
		json_decref(s->body);
		free(s);
	}
	if (done)
		done(arg, &error);
}
