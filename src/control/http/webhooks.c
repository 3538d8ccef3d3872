/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/operator/webhooks, for admins: what was delivered to whom, what waits, once more, and a test. URLs are shown
 * without what may be a secret in them, and what was sent is not shown at all. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "control/control.h"
#include "control/hooks/hooks.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/objects/objects.h"

enum { WAITING_SHOWN = 20, OVER_SHOWN = 50, WEBHOOK_ID_SIZE = 32 };

static const char events_kind[] = "events", rooms_kind[] = "rooms";

static json_t *object_delivery(const struct delivery *d)
{
	static const char *const states[] = {
		[DELIVERY_WAITING] = "waiting",
		[DELIVERY_SENDING] = "sending",
		[DELIVERY_DONE] = "delivered",
		[DELIVERY_FAILED] = "failed",
	};
	bool tried = d->attempted_us && d->state != DELIVERY_SENDING;

	return json_pack("{s:s, s:s, s:s, s:i, s:o, s:s*, s:o, s:o, s:o, s:o, s:b}", "id", d->id,
			 "type", d->type, "state", states[d->state], "attempts", (int)d->attempts,
			 "status", d->status ? json_integer(d->status) : json_null(), "error",
			 d->cause[0] ? d->cause : NULL, "created_at", object_time(d->created_us),
			 "attempted_at", object_maybe_time(d->attempted_us), "next_attempt_at",
			 object_maybe_time(d->next_us), "duration_ms",
			 tried ? json_integer((json_int_t)(d->took_us / US_PER_MS)) : json_null(),
			 "repeatable", d->body != NULL);
}

static void add_delivery(void *arg, const struct delivery *d)
{
	(void)json_array_append_new(arg, object_delivery(d));
}

static void add_webhooks(json_t *list, const struct hooks *h, const char *kind, size_t over)
{
	for (size_t i = 0; i < hooks_count(h); i++) {
		json_t *deliveries = json_array();
		char id[WEBHOOK_ID_SIZE];
		struct hook_target target;

		(void)snprintf(id, sizeof id, "%s-%zu", kind, i + 1);
		hooks_target(h, i, &target);
		hooks_each(h, i, WAITING_SHOWN, over, add_delivery, deliveries);
		(void)json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:o}", "id", id, "kind", kind,
				  "url", target.url, "waiting", (json_int_t)target.waiting,
				  "delivered", (json_int_t)target.delivered, "failed",
				  (json_int_t)target.failed, "deliveries", deliveries));
	}
}

void http_operator_webhooks(struct http_req *req, struct control *control)
{
	const char *limit = http_query(req, "limit");
	long n = limit ? strtol(limit, NULL, 10) : OVER_SHOWN;

	if (n < 1 || n > DELIVERIES_KEPT) {
		http_error(req, 400, 4, "`limit` must be a whole number from 1 to %d.",
			   DELIVERIES_KEPT);
		return;
	}
	json_t *list = json_array();
	add_webhooks(list, control->event_hooks, events_kind, (size_t)n);
	add_webhooks(list, control->hooks, rooms_kind, (size_t)n);
	http_reply_json(req, 200, json_pack("{s:o}", "webhooks", list));
}

/* `events-1`: the first of its kind. NULL: answered with 404. */
static struct hooks *find(struct http_req *req, struct control *control, size_t *ret_at)
{
	const char *id = http_param(req, "webhook"), *dash = strrchr(id, '-');
	size_t n = dash ? (size_t)(dash - id) : 0;
	bool events = n == sizeof events_kind - 1 && strncmp(id, events_kind, n) == 0;
	bool rooms = n == sizeof rooms_kind - 1 && strncmp(id, rooms_kind, n) == 0;
	struct hooks *h = events ? control->event_hooks : rooms ? control->hooks : NULL;
	unsigned long number = h ? strtoul(dash + 1, NULL, 10) : 0;

	if (number < 1 || number > hooks_count(h)) {
		http_error(req, 404, 16, "There is no webhook %.40s.", id);
		return NULL;
	}
	*ret_at = number - 1;
	return h;
}

static void answer(struct http_req *req, int status, const struct delivery *d)
{
	if (status == 0)
		http_reply_json(req, 202, json_pack("{s:o}", "delivery", object_delivery(d)));
	else if (status == -ENOENT)
		http_error(req, 404, 16, "This delivery is not known any more: the last %d are.",
			   DELIVERIES_KEPT);
	else if (status == -ENODATA)
		http_error(req, 410, 16,
			   "What was sent then is not kept any more, so it cannot be sent again.");
	else if (status == -EAGAIN)
		http_error(
			req, 503, 9,
			"%d events wait for this webhook already; see why it does not take them.",
			HOOKS_QUEUE_MAX);
	else
		http_error(req, 500, -1, "Out of memory.");
}

/* As each kind writes its events. */
static json_t *test_event(bool events, const struct store_user *who)
{
	return events ? json_pack("{s:s, s:o, s:o}", "type", "webhook.test", "created_at",
				  object_time(clock_wall_us()), "user", object_user(who))
		      : json_pack("{s:s}", "event", "webhook_test");
}

void http_operator_webhook_test(struct http_req *req, struct control *control)
{
	const struct delivery *d = NULL;
	size_t at;

	struct hooks *h = find(req, control, &at);
	if (!h)
		return;
	json_t *event = test_event(h == control->event_hooks, access_user(req));
	int status = hooks_test(h, at, event, &d);
	answer(req, status, d);
}

void http_operator_webhook_again(struct http_req *req, struct control *control)
{
	const struct delivery *d = NULL;
	size_t at;

	struct hooks *h = find(req, control, &at);
	if (!h)
		return;
	int status = hooks_again(h, at, http_param(req, "delivery"), &d);
	answer(req, status, d);
}
