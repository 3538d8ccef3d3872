/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue of messages that this client writes: those of a conversation one at a time and in order, each as often
 * as it takes until the server has it, which stores it once (its client_id). As web/client's outbox.ts has it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/chat.h"
#include "client/internal.h"

enum { TIMEOUT_S = 60, SLOW_MODE = 60 /* docs/api.md, "Errors" */ };

struct sending_file {
	char *path; /* of its upload */
	void *bytes;
	size_t length;
};

struct sending {
	struct list in_client;
	struct confab_client *client;
	char conversation[LIMIT_CONVERSATION_ID + 1];
	json_t *body; /* of the request; NULL: there was no memory */
	struct sending_file files[LIMIT_ATTACHMENTS];
	size_t file_count, uploaded;
	const char *problem; /* with what was given; else NULL */
	uint64_t timeout_us, give_up_at;
	bool under_way, waits; /* waits: for the time of the next attempt */
	bool over;	       /* told, and gone when the attempt under way is */
	confab_error last;     /* of an attempt */
	confab_sent_fn *sent;
	void *arg;
};

static void sending_free(struct sending *s)
{
	for (size_t i = 0; i < s->file_count; i++) {
		free(s->files[i].path);
		free(s->files[i].bytes);
	}
	json_decref(s->body);
	free(s);
}

static void drop(struct sending *s)
{
	list_remove(&s->in_client);
	s->client->chat.send_count--;
}

static void finish(struct sending *s, const confab_error *error, int64_t id)
{
	drop(s);
	s->sent(s->arg, error, id);
	sending_free(s);
}

/* ---- one attempt ---- */

static void attempt(struct sending *s);

/* The server cannot now, or cannot be reached: it is not this message that is refused. */
static bool is_for_later(const confab_error *e)
{
	if (e->unrecoverable || e->code == CONFAB_ERR_TOKEN_NOT_SET ||
	    e->code == CONFAB_ERR_NO_MEMORY)
		return false;
	return e->status == 0 || (e->status == 429 && e->code != SLOW_MODE) ||
	       (e->status >= 502 && e->status <= 504);
}

static void failed(struct sending *s, const confab_error *error)
{
	struct confab_client *c = s->client;
	uint64_t now = clock_now_us();

	s->under_way = false;
	if (!is_for_later(error) || now >= s->give_up_at) {
		finish(s, error, 0);
	} else {
		s->last = *error;
		s->waits = true;
		if (!c->chat.retry_at)
			c->chat.retry_at = now + retry_ms(c->chat.attempts++, error) * US_PER_MS;
		chat_wind(c);
	}
	sending_go(c);
}

static void stored(struct sending *s, const json_t *message)
{
	struct confab_client *c = s->client;

	c->chat.attempts = 0;
	finish(s, NULL, json_integer_value(json_object_get(message, "id")));
	sending_go(c);
}

static void on_posted(void *arg, json_t *answer, const confab_error *error)
{
	struct sending *s = arg;

	if (s->over)
		sending_free(s);
	else if (error)
		failed(s, error);
	else
		stored(s, json_object_get(answer, "message"));
}

static void post(struct sending *s)
{
	char *path = conversation_path(s->conversation, "/messages");
	confab_error none;

	(void)error_no_memory(&none);
	if (path)
		api_post(s->client, path, json_incref(s->body), on_posted, s);
	else
		failed(s, &none);
	free(path);
}

static void on_replied(void *arg, const json_t *message, const confab_error *error)
{
	struct sending *s = arg;

	if (s->over)
		sending_free(s);
	else if (!error)
		stored(s, message);
	else if (error->unrecoverable || error->code == SLOW_MODE)
		failed(s, error); /* HTTP would say the same */
	else
		post(s); /* which can bring a new token; or the socket was the trouble */
}

static void on_uploaded(void *arg, json_t *answer, const confab_error *error)
{
	struct sending *s = arg;
	json_t *id = json_object_get(json_object_get(answer, "attachment"), "id");
	confab_error none;

	if (s->over) {
		sending_free(s);
		return;
	}
	if (error) {
		failed(s, error);
		return;
	}
	(void)error_no_memory(&none);
	if (json_array_append(json_object_get(s->body, "attachments"), id) < 0) {
		failed(s, &none);
		return;
	}
	free(s->files[s->uploaded].bytes); /* it need not go twice */
	s->files[s->uploaded++].bytes = NULL;
	attempt(s);
}

static void attempt(struct sending *s)
{
	const struct sending_file *f = &s->files[s->uploaded];
	json_t *fields;

	s->under_way = true;
	if (s->uploaded < s->file_count) {
		api_send(s->client,
			 &(struct api_call){ .method = "POST",
					     .path = f->path,
					     .bytes = f->bytes,
					     .length = f->length },
			 on_uploaded, s);
		return;
	}
	fields = json_pack("{s:s, s:O}", "conversation_id", s->conversation, "message", s->body);
	bool asked = fields && ask_send(s->client, "message.send", fields, on_replied, s);
	json_decref(fields);
	if (!asked)
		post(s);
}

/* ---- the queue ---- */

static bool is_first(const struct confab_client *c, const struct sending *s)
{
	const struct sending *other;

	list_each (other, &c->chat.sends, in_client) {
		if (other == s)
			return true;
		if (strcmp(other->conversation, s->conversation) == 0)
			return false;
	}
	return false;
}

static struct sending *next(const struct confab_client *c)
{
	struct sending *s;

	list_each (s, &c->chat.sends, in_client) {
		if (!s->under_way && !s->waits && is_first(c, s))
			return s;
	}
	return NULL;
}

/* The end of an attempt comes here again, perhaps before the attempt has returned. */
void sending_go(struct confab_client *c)
{
	struct chat *chat = &c->chat;
	struct sending *s;

	if (!c->user_id[0] || c->state == CONFAB_CONNECTING)
		return;
	chat->again = true;
	if (chat->going)
		return;
	chat->going = true;
	while (chat->again) {
		chat->again = false;
		s = next(c);
		if (s) {
			chat->again = true;
			attempt(s);
		}
	}
	chat->going = false;
}

static void try_again(struct confab_client *c)
{
	struct sending *s;

	c->chat.retry_at = 0;
	list_each (s, &c->chat.sends, in_client)
		s->waits = false;
	sending_go(c);
}

bool sending_tick(struct confab_client *c, uint64_t now)
{
	struct sending *s;
	confab_error late;

	(void)error_set(&late, CONFAB_ERR_NETWORK, 0, false,
			"The server could not be reached in time.");
	list_each (s, &c->chat.sends, in_client) {
		if (!s->under_way && s->give_up_at <= now && is_first(c, s))
			finish(s, s->last.code ? &s->last : &late, 0);
	}
	if (c->chat.retry_at && c->chat.retry_at <= now)
		try_again(c);
	else
		sending_go(c); /* behind what was given up */
	return !list_empty(&c->chat.sends);
}

void sending_end_all(struct confab_client *c, const confab_error *error)
{
	struct list *sends = &c->chat.sends;

	c->chat.retry_at = 0;
	c->chat.attempts = 0;
	while (!list_empty(sends)) {
		struct sending *s = list_entry(sends->next, struct sending, in_client);

		if (!s->under_way) {
			finish(s, error, 0);
			continue;
		}
		drop(s);
		s->over = true;
		s->sent(s->arg, error, 0);
	}
}

/* ---- what the program gives ---- */

static const char *problem_of(const char *conversation, const confab_draft *d)
{
	size_t n = d->text ? strlen(d->text) : 0;

	if (!conversation_is(conversation))
		return conversation_problem;
	if (n > LIMIT_MESSAGE_TEXT || (n == 0 && d->file_count == 0))
		return "The text of a message has 1 to 10000 bytes.";
	if (d->client_id && (!d->client_id[0] || strlen(d->client_id) > CHAT_CLIENT_ID))
		return "client_id has 1 to 64 characters.";
	if (d->file_count > LIMIT_ATTACHMENTS)
		return "A message has 10 files at most.";
	for (size_t i = 0; i < d->file_count; i++) {
		const confab_file *f = &d->files[i];

		if (!f->name || !f->name[0] || strlen(f->name) > LIMIT_FILE_NAME)
			return "The name of a file has 1 to 200 bytes.";
		if (!f->bytes || f->length == 0 || f->length > LIMIT_UPLOAD)
			return "A file has 1 byte to 10 MiB.";
	}
	return NULL;
}

static bool copy_files(struct sending *s, const confab_draft *d)
{
	for (size_t i = 0; i < d->file_count; i++) {
		const confab_file *f = &d->files[i];
		struct sending_file *copy = &s->files[s->file_count++];
		char *name = url_quoted(f->name);

		copy->path = name ? conversation_path(s->conversation, "/attachments?name=%s", name)
				  : NULL;
		copy->length = f->length;
		copy->bytes = malloc(f->length);
		free(name);
		if (!copy->path || !copy->bytes)
			return false;
		memcpy(copy->bytes, f->bytes, f->length);
	}
	return d->file_count == 0 || json_object_set_new(s->body, "attachments", json_array()) == 0;
}

/* NULL: no memory. */
static struct sending *sending_new(confab_client *client, const char *conversation,
				   const confab_draft *d)
{
	struct sending *s = calloc(1, sizeof *s);
	char made[24];

	if (!s)
		return NULL;
	rng_name(rng_os(), "c-", made, sizeof made);
	s->client = client;
	s->problem = problem_of(conversation, d);
	if (s->problem)
		return s;
	(void)snprintf(s->conversation, sizeof s->conversation, "%s", conversation);
	s->timeout_us = (d->timeout_seconds ? d->timeout_seconds : TIMEOUT_S) * US_PER_S;
	s->body = json_pack("{s:s, s:s}", "text", d->text ? d->text : "", "client_id",
			    d->client_id ? d->client_id : made);
	if (!s->body) { /* jansson refuses it */
		s->problem = "The text of a message is UTF-8.";
		return s;
	}
	if (d->quoted_id)
		(void)json_object_set_new(s->body, "quoted_message_id", json_integer(d->quoted_id));
	if (d->is_private)
		(void)json_object_set_new(s->body, "private", json_true());
	if (copy_files(s, d))
		return s;
	sending_free(s);
	return NULL;
}

static void begin(struct sending *s)
{
	struct confab_client *c = s->client;
	confab_error error;

	if (!c->user_id[0]) {
		(void)error_token_not_set(&error);
	} else if (s->problem) {
		(void)error_set(&error, CONFAB_ERR_BAD_INPUT, 400, true, "%s", s->problem);
	} else if (c->chat.send_count >= CHAT_SENDS) {
		(void)error_set(&error, CONFAB_ERR_RATE_LIMITED, 0, false,
				"%d messages of this client wait already.", CHAT_SENDS);
	} else {
		s->give_up_at = clock_now_us() + s->timeout_us;
		list_append(&c->chat.sends, &s->in_client);
		c->chat.send_count++;
		typing_over(c, s->conversation);
		chat_wind(c);
		sending_go(c);
		return;
	}
	s->sent(s->arg, &error, 0);
	sending_free(s);
}

/* ---- the public functions ---- */

struct waiter {
	struct sending *sending; /* NULL: begun */
	confab_done_fn *done;
	void *done_arg;
	int64_t id;
};

static void on_sent(void *arg, const confab_error *error, int64_t id)
{
	struct waiter *w = arg;

	w->id = id;
	w->done(w->done_arg, error); /* `w` is gone afterwards */
}

static void start(void *arg, confab_done_fn *done, void *done_arg)
{
	struct waiter *w = arg;
	struct sending *s = w->sending;

	w->sending = NULL;
	w->done = done;
	w->done_arg = done_arg;
	s->sent = on_sent;
	s->arg = w;
	begin(s);
}

int confab_chat_send(confab_client *client, const char *conversation, const confab_draft *draft,
		     int64_t *ret_id, confab_error *ret_error)
{
	struct waiter w = { .sending = sending_new(client, conversation, draft) };

	if (!w.sending)
		return error_no_memory(ret_error);
	int r = client_wait(client, start, &w, ret_error);
	if (w.sending)
		sending_free(w.sending);
	if (r == CONFAB_OK && ret_id)
		*ret_id = w.id;
	return r;
}

static void on_task(void *arg)
{
	begin(arg);
}

static void sent_ignored(void *arg, const confab_error *error, int64_t id)
{
	(void)arg, (void)error, (void)id;
}

void confab_chat_send_async(confab_client *client, const char *conversation,
			    const confab_draft *draft, confab_sent_fn *done, void *arg)
{
	struct sending *s = sending_new(client, conversation, draft);
	confab_error error;

	if (s) {
		s->sent = done ? done : sent_ignored;
		s->arg = arg;
		if (client_post(client, on_task, s))
			return;
		sending_free(s);
	}
	(void)error_no_memory(&error);
	if (done)
		done(arg, &error, 0);
}
