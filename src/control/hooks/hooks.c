/* SPDX-License-Identifier: Apache-2.0 */
/* See hooks.h. */
#include "control/hooks/hooks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/rng.h"
#include "control/auth/media_token.h"
#include "control/hooks/transfer.h"

enum { ID_LETTERS = 12 };

enum { TYPE_SIZE = 48, CAUSE_SIZE = 64 };

struct message {
	struct list in_target;
	char id[ID_LETTERS + 4], type[TYPE_SIZE];
	uint64_t lost; /* told with it: told anew when it is lost itself */
	char body[];
};

/* One URL. */
struct target {
	struct hooks *hooks;
	char *url;
	struct list queue; /* struct message; the first is the one under way */
	size_t waiting;
	unsigned attempts; /* of the first */
	bool busy;
	uint64_t lost; /* since the last event that fitted: told with the next */
	uv_timer_t pause;
	bool pause_open;
};

/* One attempt. */
struct log_entry {
	char id[ID_LETTERS + 4], type[TYPE_SIZE], cause[CAUSE_SIZE];
	const char *url; /* the target's */
	unsigned attempt;
	long status;
	uint64_t at_us; /* wall */
};

struct hooks {
	bool events;
	struct log_entry log[HOOKS_LOG_MAX]; /* a ring */
	size_t log_count;		     /* ever */
	struct transfers *transfers;
	struct token_keys keys;
	struct rng *rng;
	struct target *targets;
	size_t target_count;
	unsigned open; /* timers */
	struct hooks_gauges gauges;
};

static void attempt(struct target *t);

static struct message *first(const struct target *t)
{
	return list_entry(t->queue.next, struct message, in_target);
}

static void drop_first(struct target *t)
{
	struct message *message = first(t);

	list_remove(&message->in_target);
	free(message);
	t->waiting--;
	t->attempts = 0;
}

static void on_pause_over(uv_timer_t *timer)
{
	attempt(timer->data);
}

/* Worth another try: nothing came, or the other side says that it is its trouble (RFC 9110 15.6). */
static bool is_passing(long status)
{
	return status == 0 || status == 408 || status == 429 || status >= 500;
}

static void on_failed(struct target *t, long status, const char *cause)
{
	uint64_t pause = HOOKS_PAUSE_MS;

	t->hooks->gauges.failed++;
	if (!is_passing(status) || t->attempts >= HOOKS_ATTEMPTS) {
		log_warn("hooks", "given up url=%s attempts=%u status=%ld cause=\"%s\"", t->url,
			 t->attempts, status, cause);
		t->hooks->gauges.dropped++;
		t->lost += 1 + first(t)->lost;
		drop_first(t);
		attempt(t);
		return;
	}
	for (unsigned i = 1; i < t->attempts && pause < HOOKS_PAUSE_MAX_MS; i++)
		pause *= 2;
	if (pause > HOOKS_PAUSE_MAX_MS)
		pause = HOOKS_PAUSE_MAX_MS;
	if (t->attempts == 1)
		log_warn("hooks", "not delivered, trying again url=%s status=%ld cause=\"%s\"",
			 t->url, status, cause);
	(void)uv_timer_start(&t->pause, on_pause_over, pause, 0);
}

static void note(struct target *t, long status, const char *cause)
{
	struct hooks *h = t->hooks;
	struct log_entry *e = &h->log[h->log_count++ % HOOKS_LOG_MAX];
	bool good = status >= 200 && status <= 299;

	*e = (struct log_entry){
		.url = t->url, .attempt = t->attempts, .status = status, .at_us = clock_wall_us()
	};
	strcpy(e->id, first(t)->id);
	strcpy(e->type, first(t)->type);
	(void)snprintf(e->cause, sizeof e->cause, "%s", good ? "" : cause);
}

static void on_done(void *arg, const struct transfer_answer *answer)
{
	struct target *t = arg;
	long status = answer->status;

	note(t, status, answer->cause);

	t->busy = false;
	if (status < 200 || status > 299) {
		on_failed(t, status, answer->cause);
		return;
	}
	t->hooks->gauges.delivered++;
	drop_first(t);
	attempt(t);
}

static int start(struct target *t, const struct transfer_header *headers, size_t header_count,
		 const char *body)
{
	const struct transfer_request request = { .url = t->url,
						  .headers = headers,
						  .header_count = header_count,
						  .body = body,
						  .length = strlen(body) };

	return transfer_start(t->hooks->transfers, &request, on_done, t);
}

/* LiveKit's way: a token about the body, which lives five minutes. */
static int start_room_event(struct target *t, const char *body)
{
	struct hooks *h = t->hooks;
	autofree char *token = media_token_sign_body(
		&h->keys, body, strlen(body), clock_wall_us() / US_PER_S, HOOKS_TOKEN_LIFE_S);
	const struct transfer_header headers[] = {
		{ "Content-Type", "application/webhook+json" },
		{ "Authorization", token },
	};

	return token ? start(t, headers, countof(headers), body) : -ENOMEM;
}

/* X-WEBHOOK-ID is the same for each attempt: receivers drop what they have. */
static int start_event(struct target *t, const char *body)
{
	struct hooks *h = t->hooks;
	char signature[MEDIA_BODY_HMAC_SIZE], number[16];
	const struct transfer_header headers[] = {
		{ "Content-Type", "application/json" }, { "X-WEBHOOK-ID", first(t)->id },
		{ "X-WEBHOOK-ATTEMPT", number },	{ "X-API-KEY", h->keys.api_key },
		{ "X-SIGNATURE", signature },
	};

	(void)snprintf(number, sizeof number, "%u", t->attempts);
	media_token_hmac_body(&h->keys, body, strlen(body), signature);
	return start(t, headers, countof(headers), body);
}

/* Posts the first of the queue, signed anew. */
static void attempt(struct target *t)
{
	struct hooks *h = t->hooks;

	if (t->busy || list_empty(&t->queue) || uv_is_active((uv_handle_t *)&t->pause))
		return;
	const char *body = first(t)->body;

	t->busy = true;
	t->attempts++;
	if ((h->events ? start_event(t, body) : start_room_event(t, body)) < 0) {
		t->busy = false;
		on_failed(t, 0, "out of memory");
	}
}

static bool enqueue(struct target *t, json_t *event)
{
	(void)json_object_set_new(event, t->hooks->events ? "dropped" : "numDropped",
				  json_integer((json_int_t)t->lost));
	autofree char *text = json_dumps(event, JSON_COMPACT);
	size_t n = text ? strlen(text) + 1 : 0;
	struct message *message = text && t->waiting < HOOKS_QUEUE_MAX ? malloc(sizeof *message + n)
								       : NULL;

	if (!message)
		return false;
	memcpy(message->body, text, n);
	(void)snprintf(message->id, sizeof message->id, "%s",
		       json_string_value(json_object_get(event, "id")));
	const char *type = json_string_value(
		json_object_get(event, t->hooks->events ? "type" : "event"));
	(void)snprintf(message->type, sizeof message->type, "%s", type ? type : "");
	list_append(&t->queue, &message->in_target);
	t->waiting++;
	message->lost = t->lost;
	t->lost = 0;
	return true;
}

void hooks_publish(struct hooks *h, json_t *event)
{
	char id[ID_LETTERS + 4];

	if (!event)
		return;
	rng_name(h->rng, "EV_", id, sizeof id);
	(void)json_object_set_new(event, "id", json_string(id));
	/* proto-JSON: 64-bit integers are texts */
	if (!h->events)
		(void)json_object_set_new(
			event, "createdAt",
			json_sprintf("%llu", (unsigned long long)(clock_wall_us() / US_PER_S)));
	for (size_t i = 0; i < h->target_count; i++) {
		struct target *t = &h->targets[i];

		if (enqueue(t, event)) {
			attempt(t);
			continue;
		}
		if (t->lost++ == 0)
			log_warn("hooks", "queue full, events are dropped url=%s", t->url);
		h->gauges.dropped++;
	}
	json_decref(event);
}

json_t *hooks_log(const struct hooks *h)
{
	json_t *list = json_array();
	size_t n = h ? h->log_count : 0;

	for (size_t i = 0; i < n && i < HOOKS_LOG_MAX; i++) {
		const struct log_entry *e = &h->log[(n - 1 - i) % HOOKS_LOG_MAX];
		json_t *o = json_pack("{s:s, s:s, s:s, s:i, s:i, s:I}", "id", e->id, "type",
				      e->type, "url", e->url, "attempt", (int)e->attempt, "status",
				      (int)e->status, "at_us", (json_int_t)e->at_us);

		if (o && e->cause[0])
			(void)json_object_set_new(o, "error", json_string(e->cause));
		(void)json_array_append_new(list, o);
	}
	return list;
}

struct hooks_gauges hooks_gauges(const struct hooks *h)
{
	struct hooks_gauges gauges = h->gauges;

	for (size_t i = 0; i < h->target_count; i++)
		gauges.waiting += h->targets[i].waiting;
	return gauges;
}

static int target_init(struct target *t, struct hooks *h, uv_loop_t *loop, const char *url)
{
	t->hooks = h;
	list_init(&t->queue);
	if (!transfer_url_is_valid(url))
		return -EINVAL;
	t->url = strdup(url);
	if (!t->url)
		return -ENOMEM;
	int r = uv_timer_init(loop, &t->pause);
	if (r < 0)
		return r;
	t->pause.data = t;
	t->pause_open = true;
	h->open++;
	return 0;
}

int hooks_new(const struct hooks_config *config, struct hooks **ret)
{
	struct hooks *h = config->url_count > HOOKS_URLS_MAX ? NULL : calloc(1, sizeof *h);

	if (!h)
		return config->url_count > HOOKS_URLS_MAX ? -EINVAL : -ENOMEM;
	h->keys = config->keys;
	h->rng = config->rng;
	h->events = config->events;
	h->targets = calloc(config->url_count + 1, sizeof *h->targets);
	int r = h->targets ? transfers_new(config->loop, &h->transfers) : -ENOMEM;

	for (size_t i = 0; r == 0 && i < config->url_count; i++) {
		h->target_count++;
		r = target_init(&h->targets[i], h, config->loop, config->urls[i]);
	}
	if (r < 0) {
		(void)hooks_free(h);
		return r;
	}
	*ret = h;
	return 0;
}

static void free_memory(struct hooks *h)
{
	for (size_t i = 0; i < h->target_count; i++)
		free(h->targets[i].url);
	free(h->targets);
	free(h);
}

static void on_pause_closed(uv_handle_t *handle)
{
	struct hooks *h = ((struct target *)handle->data)->hooks;

	if (--h->open == 0)
		free_memory(h);
}

struct hooks *hooks_free(struct hooks *h)
{
	if (!h)
		return NULL;
	h->transfers = transfers_free(h->transfers);
	for (size_t i = 0; i < h->target_count; i++)
		while (h->targets[i].waiting)
			drop_first(&h->targets[i]);
	if (h->open == 0) {
		free_memory(h);
		return NULL;
	}
	for (size_t i = 0; i < h->target_count; i++)
		if (h->targets[i].pause_open)
			uv_close((uv_handle_t *)&h->targets[i].pause, on_pause_closed);
	return NULL;
}
