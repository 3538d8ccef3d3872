/* SPDX-License-Identifier: Apache-2.0 */
/* See hooks.h. */
#include "control/hooks/hooks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "control/hooks/target.h"

enum { ID_LETTERS = 12 };

/* NULL: it does not fit. */
static struct delivery *enqueue(struct target *t, json_t *event)
{
	bool events = t->hooks->events;

	(void)json_object_set_new(event, events ? "dropped" : "numDropped",
				  json_integer((json_int_t)t->lost));
	autofree char *text = t->waiting < HOOKS_QUEUE_MAX ? json_dumps(event, JSON_COMPACT) : NULL;
	const char *id = json_string_value(json_object_get(event, "id"));
	const char *type = json_string_value(json_object_get(event, events ? "type" : "event"));
	struct delivery *d = text && id ? delivery_new(id, type ? type : "", text) : NULL;

	if (!d)
		return NULL;
	list_append(&t->queue, &d->in_list);
	t->waiting++;
	d->lost = t->lost;
	t->lost = 0;
	return d;
}

static void stamp(const struct hooks *h, json_t *event)
{
	char id[ID_LETTERS + 4];

	rng_name(h->rng, "EV_", id, sizeof id);
	(void)json_object_set_new(event, "id", json_string(id));
	/* proto-JSON: 64-bit integers are texts */
	if (!h->events)
		(void)json_object_set_new(
			event, "createdAt",
			json_sprintf("%llu", (unsigned long long)(clock_wall_us() / US_PER_S)));
}

void hooks_publish(struct hooks *h, json_t *event)
{
	if (!event)
		return;
	stamp(h, event);
	for (size_t i = 0; i < h->target_count; i++) {
		struct target *t = &h->targets[i];

		if (enqueue(t, event)) {
			target_attempt(t);
			continue;
		}
		if (t->lost++ == 0)
			log_warn("hooks", "queue full, events are dropped url=%s", t->shown);
		t->failed++;
		h->gauges.dropped++;
	}
	json_decref(event);
}

/* ---- for the operator ---- */

size_t hooks_count(const struct hooks *h)
{
	return h ? h->target_count : 0;
}

void hooks_target(const struct hooks *h, size_t i, struct hook_target *ret)
{
	const struct target *t = &h->targets[i];

	*ret = (struct hook_target){ t->shown, t->waiting, t->delivered, t->failed };
}

static void each(const struct list *list, size_t most, hook_delivery_fn *fn, void *arg)
{
	struct delivery *d;

	list_each (d, list, in_list) {
		if (most-- == 0)
			break;
		fn(arg, d);
	}
}

void hooks_each(const struct hooks *h, size_t i, size_t waiting, size_t over, hook_delivery_fn *fn,
		void *arg)
{
	each(&h->targets[i].queue, waiting, fn, arg);
	each(&h->targets[i].over.list, over, fn, arg);
}

/* Somebody waits for it: now, and with all attempts again. */
static void hurry(struct target *t)
{
	if (uv_is_active((uv_handle_t *)&t->pause)) {
		(void)uv_timer_stop(&t->pause);
		target_first(t)->tries = 0;
	}
	target_attempt(t);
}

int hooks_test(struct hooks *h, size_t i, json_t *event, const struct delivery **ret)
{
	struct target *t = &h->targets[i];
	bool full = t->waiting >= HOOKS_QUEUE_MAX;
	struct delivery *d = NULL;

	if (event && !full) {
		stamp(h, event);
		d = enqueue(t, event);
	}
	json_decref(event);
	if (!d)
		return full ? -EAGAIN : -ENOMEM;
	*ret = d;
	hurry(t);
	return 0;
}

int hooks_again(struct hooks *h, size_t i, const char *id, const struct delivery **ret)
{
	struct target *t = &h->targets[i];
	struct delivery *d = delivery_find(&t->queue, id);

	if (!d) {
		d = delivery_find(&t->over.list, id);
		if (!d || !d->body)
			return d ? -ENODATA : -ENOENT;
		if (t->waiting >= HOOKS_QUEUE_MAX)
			return -EAGAIN;
		deliveries_take(&t->over, d);
		d->state = DELIVERY_WAITING;
		d->tries = 0;
		list_append(&t->queue, &d->in_list);
		t->waiting++;
	}
	*ret = d;
	hurry(t);
	return 0;
}

struct hooks_gauges hooks_gauges(const struct hooks *h)
{
	struct hooks_gauges gauges = h ? h->gauges : (struct hooks_gauges){ 0 };

	for (size_t i = 0; i < hooks_count(h); i++)
		gauges.waiting += h->targets[i].waiting;
	return gauges;
}

/* ---- over a restart ---- */

static void save(const struct hooks *h)
{
	json_t *all = json_array();

	for (size_t i = 0; h->keep && i < h->target_count; i++) {
		const struct target *t = &h->targets[i];
		json_t *deliveries = json_array();
		struct delivery *d;

		list_each (d, &t->queue, in_list)
			(void)json_array_append_new(deliveries, waiting_json(d));
		if (t->lost || t->waiting)
			(void)json_array_append_new(all, json_pack("{s:s, s:I, s:O}", "url", t->url,
								   "lost", (json_int_t)t->lost,
								   "deliveries", deliveries));
		json_decref(deliveries);
	}
	int r = h->keep ? waiting_write(h->keep, all) : 0;
	if (r < 0)
		log_error("hooks", "what waits for webhooks is lost file=%s cause=\"%s\"", h->keep,
			  strerror(-r));
	json_decref(all);
}

static void restore_target(struct target *t, const json_t *saved)
{
	json_t *deliveries = json_object_get(saved, "deliveries"), *one;
	size_t at;

	t->restored = true;
	t->lost += (uint64_t)json_integer_value(json_object_get(saved, "lost"));
	json_array_foreach(deliveries, at, one)
	{
		struct delivery *d = t->waiting < HOOKS_QUEUE_MAX ? waiting_delivery(one) : NULL;

		if (!d) {
			t->lost++;
			continue;
		}
		list_append(&t->queue, &d->in_list);
		t->waiting++;
	}
	target_attempt(t);
}

/* NULL: nobody waits for it any more. An URL that is configured twice has two queues. */
static struct target *target_of(struct hooks *h, const char *url)
{
	for (size_t i = 0; i < h->target_count; i++)
		if (strcmp(h->targets[i].url, url) == 0 && !h->targets[i].restored)
			return &h->targets[i];
	return NULL;
}

/* By URL: the order of the configuration may be another one now. */
static void restore(struct hooks *h)
{
	json_t *all = h->keep ? waiting_take(h->keep) : NULL, *saved;
	size_t at;

	json_array_foreach(all, at, saved)
	{
		const char *url = json_string_value(json_object_get(saved, "url"));
		struct target *t = url ? target_of(h, url) : NULL;
		autofree char *shown = url && !t ? transfer_url_shown(url) : NULL;

		if (t)
			restore_target(t, saved);
		else
			log_warn("hooks",
				 "no webhook any more, what waited for it is dropped url=%s "
				 "events=%zu",
				 shown ? shown : "?",
				 json_array_size(json_object_get(saved, "deliveries")));
	}
	json_decref(all);
}

static int target_init(struct target *t, struct hooks *h, uv_loop_t *loop, const char *url)
{
	t->hooks = h;
	list_init(&t->queue);
	deliveries_init(&t->over);
	if (!transfer_url_is_valid(url))
		return -EINVAL;
	t->url = strdup(url);
	t->shown = transfer_url_shown(url);
	if (!t->url || !t->shown)
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
	if (r == 0 && config->keep && !(h->keep = strdup(config->keep)))
		r = -ENOMEM;
	if (r < 0) {
		(void)hooks_free(h);
		return r;
	}
	restore(h);
	*ret = h;
	return 0;
}

static void free_memory(struct hooks *h)
{
	for (size_t i = 0; i < h->target_count; i++) {
		free(h->targets[i].url);
		free(h->targets[i].shown);
	}
	free(h->targets);
	free(h->keep);
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
	save(h);
	for (size_t i = 0; i < h->target_count; i++) {
		while (!list_empty(&h->targets[i].queue))
			(void)delivery_free(target_first(&h->targets[i]));
		deliveries_fini(&h->targets[i].over);
	}
	if (h->open == 0) {
		free_memory(h);
		return NULL;
	}
	for (size_t i = 0; i < h->target_count; i++)
		if (h->targets[i].pause_open)
			uv_close((uv_handle_t *)&h->targets[i].pause, on_pause_closed);
	return NULL;
}
